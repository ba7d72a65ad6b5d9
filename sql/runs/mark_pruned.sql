-- Records when a run's page archive was removed and how many bytes that freed.
UPDATE news.runs
SET pages_pruned_at = %(at)s, pages_pruned_bytes = %(bytes)s
WHERE id = %(run_id)s;
