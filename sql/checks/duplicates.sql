-- Is any story of this run stored in both tables?
WITH doubled AS (
    SELECT articles.story_id
    FROM news.articles
    INNER JOIN news.editorials ON articles.source = editorials.source AND articles.story_id = editorials.story_id
    WHERE articles.run_id = %(run_id)s OR editorials.run_id = %(run_id)s
)

SELECT
    'error' AS severity,
    'none' AS wanted,
    count(*) = 0 AS passed,
    count(*) || ' stories in both tables' AS seen,
    'report a bug with the story ids ' || coalesce(string_agg(story_id, ', '), '')
    || ': loading should move a story between the tables, never copy it' AS advice
FROM doubled;
