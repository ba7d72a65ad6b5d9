-- Takes a run to remove its page archive, unless that was done meanwhile or another is at it.
SELECT id
FROM news.runs
WHERE id = %(run_id)s AND pages_pruned_at IS NULL
FOR UPDATE SKIP LOCKED;
