-- The sections under which stories are stored.
SELECT
    story_id,
    section
FROM news.stories
WHERE source = %(source)s AND story_id = any(%(story_ids)s);
