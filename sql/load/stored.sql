-- Which of the discovered stories are stored, and whether in full.
SELECT
    story_id,
    completeness = 'full' AS is_full
FROM news.articles
WHERE source = %(source)s AND story_id = any(%(story_ids)s)
UNION ALL
SELECT
    story_id,
    completeness = 'full' AS is_full
FROM news.editorials
WHERE source = %(source)s AND story_id = any(%(story_ids)s);
