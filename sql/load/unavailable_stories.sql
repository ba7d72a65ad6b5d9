-- Stories of a run that nobody can store: the site has them no longer, they moved elsewhere, or they are none.
SELECT story_id
FROM news.pages
WHERE run_id = %(run_id)s AND outcome IN ('gone', 'moved')
UNION
SELECT story_id
FROM news.rejects
WHERE run_id = %(run_id)s AND 'not_a_story' = any(reasons);
