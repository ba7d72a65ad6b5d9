-- Locks a run to remove its page archive, unless it is already pruned or another process holds the lock.
SELECT id
FROM news.runs
WHERE id = %(run_id)s AND pages_pruned_at IS NULL
FOR UPDATE SKIP LOCKED;
