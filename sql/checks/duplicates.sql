-- Is any story of this run in both tables?
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
    'tell the maintainers of ' || coalesce(string_agg(story_id, ', '), '')
    || ': loading moves a story and never copies it' AS advice
FROM doubled;
