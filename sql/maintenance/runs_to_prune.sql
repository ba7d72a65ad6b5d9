-- The runs that ended before a time and whose page archives were not removed yet, the oldest first. A replay has none.
SELECT
    id,
    batch
FROM news.runs
WHERE coalesce(finished_at, started_at) < %(before)s AND pages_pruned_at IS NULL AND mode <> 'replay'
ORDER BY started_at, id;
