-- Stories of a run that cannot be stored: they are gone, have moved elsewhere, or are not stories.
SELECT story_id
FROM news.pages
WHERE run_id = %(run_id)s AND outcome IN ('gone', 'moved')
UNION
SELECT story_id
FROM news.rejects
WHERE run_id = %(run_id)s AND 'not_a_story' = any(reasons);
