-- Runs from the command line that were started but never loaded, newest first.
SELECT batch
FROM news.runs
WHERE
    source = %(source)s
    AND mode = %(mode)s
    AND edition_date IS NOT DISTINCT FROM %(edition)s
    AND dag_id IS NULL
    AND loaded_at IS NULL
ORDER BY started_at DESC;
