-- Why stories were rejected in runs since a given time: stories and rejects per reason.
SELECT
    why.reason,
    count(DISTINCT coalesce(reject.story_id, reject.url, reject.id::text)) AS stories,
    count(*) AS rejects,
    max(run.started_at) AS last_at
FROM news.runs AS run
INNER JOIN news.rejects AS reject ON run.id = reject.run_id
CROSS JOIN LATERAL unnest(reject.reasons) AS why (reason)
WHERE run.source = %(source)s AND run.started_at >= %(since)s
GROUP BY why.reason
ORDER BY stories DESC, why.reason ASC;
