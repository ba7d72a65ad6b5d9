-- Rejected stories, newest first.
SELECT
    reject.id,
    reject.run_id,
    run.started_at,
    reject.story_id,
    reject.url,
    reject.reasons,
    reject.story
FROM news.rejects AS reject
INNER JOIN news.runs AS run ON reject.run_id = run.id
WHERE
    reject.source = %(source)s
    AND (%(id)s::bigint IS NULL OR reject.id = %(id)s)
    AND (%(run)s::bigint IS NULL OR reject.run_id = %(run)s)
    AND (%(reason)s::text IS NULL OR %(reason)s = ANY(reject.reasons))
    AND (%(since)s::timestamptz IS NULL OR run.started_at >= %(since)s)
ORDER BY reject.id DESC
LIMIT %(most)s OFFSET %(skip)s;
