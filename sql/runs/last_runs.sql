-- The last run of each newspaper, without replays.
SELECT DISTINCT ON (run.source)
    run.source,
    run.mode,
    run.outcome,
    run.started_at
FROM news.runs AS run
WHERE run.mode <> 'replay'
ORDER BY run.source ASC, run.started_at DESC;
