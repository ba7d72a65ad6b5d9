-- Loaded runs of the editions in a date range. is_good: the crawl was complete, and every check of severity error
-- passed.
SELECT
    edition_date,
    split_part(batch, '/', 2) AS name,
    outcome = 'complete'
    AND checks <> '[]'
    AND NOT checks @> '[{"severity": "error", "passed": false}]' AS is_good
FROM news.runs
WHERE
    source = %(source)s
    AND mode = 'edition'
    AND edition_date BETWEEN %(first)s AND %(last)s
    AND outcome IN ('complete', 'empty')
    AND loaded_at IS NOT NULL;
