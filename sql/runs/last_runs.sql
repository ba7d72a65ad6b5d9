-- The last run of each newspaper, without replays.
SELECT
    last.source,
    last.mode,
    last.outcome,
    last.started_at
FROM news.latest_run AS last
WHERE last.started_at IS NOT NULL
ORDER BY last.source;
