-- Which of the discovered stories are stored.
SELECT story_id
FROM news.articles
WHERE source = %(source)s AND story_id = any(%(story_ids)s)
UNION
SELECT story_id
FROM news.editorials
WHERE source = %(source)s AND story_id = any(%(story_ids)s);
