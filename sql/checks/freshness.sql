-- Was the newest story published less than 24 hours before the run started? Applies to latest runs only.
WITH newest AS (
    SELECT
        runs.mode,
        runs.started_at,
        greatest(
            (
                SELECT max(articles.published_at) FROM news.articles
                WHERE articles.source = runs.source
            ),
            (
                SELECT max(editorials.published_at) FROM news.editorials
                WHERE editorials.source = runs.source
            )
        ) AS published_at
    FROM news.runs
    WHERE runs.id = %(run_id)s
)

SELECT
    'error' AS severity,
    'a story from the last 24 hours' AS wanted,
    'the feeds respond but may be stale: compare one with the site''s front page' AS advice,
    mode = 'edition' OR coalesce(published_at > started_at - interval '24 hours', false) AS passed,
    CASE
        WHEN mode = 'edition' THEN 'an edition run, whose stories may be of any age'
        WHEN published_at IS null THEN 'no story with a publication time'
        ELSE 'newest story from ' || to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
    END AS seen
FROM newest;
