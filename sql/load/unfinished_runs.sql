-- Runs from the command line that were begun and whose stories were never stored, the latest first.
SELECT batch
FROM news.runs
WHERE
    source = %(source)s
    AND mode = %(mode)s
    AND edition_date IS NOT DISTINCT FROM %(edition)s
    AND dag_id IS NULL
    AND loaded_at IS NULL
ORDER BY started_at DESC;
