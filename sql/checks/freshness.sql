-- Is the newest story less than a day old? Asked of runs for the latest stories only.
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
    'one of the last 24 hours' AS wanted,
    'the feeds may be stale though they answer: compare one with the site''s front page' AS advice,
    mode = 'edition' OR coalesce(published_at > started_at - interval '24 hours', false) AS passed,
    CASE
        WHEN mode = 'edition' THEN 'nothing: an edition is as old as its date'
        WHEN published_at IS null THEN 'no story with a time of publication'
        ELSE 'a newest story of ' || to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
    END AS seen
FROM newest;
