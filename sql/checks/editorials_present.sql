-- Has the edition editorials? Asked of editions only.
SELECT
    'warning' AS severity,
    'at least one' AS wanted,
    'open the paper''s editorial page of that day: three is usual' AS advice,
    runs.mode = 'latest' OR count(editorials.id) > 0 AS passed,
    CASE
        WHEN runs.mode = 'latest' THEN 'nothing: no edition was read'
        ELSE count(editorials.id) || ' editorials of ' || runs.edition_date
    END AS seen
FROM news.runs
LEFT JOIN news.editorials
    ON
        runs.source = editorials.source
        AND runs.edition_date = editorials.edition_date
        AND editorials.completeness = 'full'
WHERE runs.id = %(run_id)s
GROUP BY runs.id;
