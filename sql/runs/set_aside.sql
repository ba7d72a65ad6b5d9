-- Sets aside a run that was resumed and still could not be stored.
UPDATE news.runs
SET
    outcome = 'failed',
    finished_at = coalesce(finished_at, %(now)s),
    counts = counts || '{"set_aside": true}',
    reason
    = 'set aside: its stories could not be stored, even after it was resumed once; its pages are in the batch '
    || batch || ', and akhbar replay stores them'
WHERE batch = %(batch)s;
