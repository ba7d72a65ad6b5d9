-- The publisher's changes since a given time, newest first, with the diff.
SELECT
    story_id,
    kind,
    url,
    section,
    revision,
    next_revision,
    changed_at,
    title_before,
    title_after,
    diff,
    run_id
FROM news.story_changes
WHERE
    source = %(source)s
    AND reason = 'edit'
    AND (%(story_id)s::text IS NULL OR story_id = %(story_id)s)
    AND (%(since)s::timestamptz IS NULL OR changed_at >= %(since)s)
    AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
ORDER BY changed_at DESC, story_id ASC
LIMIT %(most)s OFFSET %(skip)s;
