-- Fetched pages and their outcomes, newest first.
SELECT
    id,
    run_id,
    url,
    role,
    story_id,
    fetched_at,
    status,
    outcome,
    reason,
    length
FROM news.pages
WHERE
    source = %(source)s
    AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
    AND (%(story_id)s::text IS NULL OR story_id = %(story_id)s)
    AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
    AND (%(status)s::integer IS NULL OR status = %(status)s)
ORDER BY id DESC
LIMIT %(most)s OFFSET %(skip)s;
