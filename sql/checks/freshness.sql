-- Was the newest story published less than 24 hours before the run started? Applies to latest runs only. A story of
-- which only the day is known may have been published at the end of that day.
WITH newest AS (
    SELECT
        runs.mode,
        runs.started_at,
        times.published_at,
        dates.published_date,
        news.start_of_day(runs.source, dates.published_date) + interval '1 day' AS day_ended_at
    FROM news.runs
    CROSS JOIN
        LATERAL (
            SELECT max(stories.published_at) AS published_at FROM news.stories
            WHERE stories.source = runs.source
        ) AS times
    CROSS JOIN
        LATERAL (
            SELECT max(stories.published_date) AS published_date FROM news.stories
            WHERE stories.source = runs.source AND stories.published_at IS NULL
        ) AS dates
    WHERE runs.id = %(run_id)s
)

SELECT
    'error' AS severity,
    'a story from the last 24 hours' AS wanted,
    'the feeds respond but may be stale: compare one with the site''s front page' AS advice,
    mode = 'edition'
    OR coalesce(greatest(published_at, day_ended_at) > started_at - interval '24 hours', FALSE) AS passed,
    CASE
        WHEN mode = 'edition' THEN 'an edition run, whose stories may be of any age'
        WHEN published_at >= day_ended_at OR published_date IS NULL
            THEN coalesce(
                'newest story from ' || to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
                'no story with a publication time'
            )
        ELSE 'newest story from ' || published_date
    END AS seen
FROM newest;
