-- The runs that read an edition of these days: whether all that was listed was asked for, and whether the run passed
-- its checks as well.
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
