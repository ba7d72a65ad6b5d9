-- Runs from the command line that were started but never loaded, newest first, and whether they were resumed before.
SELECT
    batch,
    counts ? 'resumed' AS resumed
FROM news.runs
WHERE
    source = %(source)s
    AND mode = %(mode)s
    AND edition_date IS NOT DISTINCT FROM %(edition)s
    AND dag_id IS NULL
    AND loaded_at IS NULL
    AND NOT counts ? 'set_aside'
ORDER BY started_at DESC;
