-- Runs that ended before a given time and still have their page archive, oldest first. Replays have none.
SELECT
    id,
    batch
FROM news.runs
WHERE coalesce(finished_at, started_at) < %(before)s AND pages_pruned_at IS NULL AND mode <> 'replay'
ORDER BY started_at, id;
