-- Does the edition have editorials? Applies to editions only. For a newspaper without a print edition, those published
-- on the day count.
SELECT
    'warning' AS severity,
    'at least one' AS wanted,
    'open the newspaper''s editorial page for that day, which usually has three editorials' AS advice,
    runs.mode = 'latest' OR count(editorials.id) > 0 AS passed,
    CASE
        WHEN runs.mode = 'latest' THEN 'a latest run, which has no edition'
        ELSE count(editorials.id) || ' editorials in the edition of ' || runs.edition_date
    END AS seen
FROM news.runs
LEFT JOIN news.editorials
    ON
        runs.source = editorials.source
        AND runs.edition_date = editorials.day
        AND editorials.completeness = 'full'
WHERE runs.id = %(run_id)s
GROUP BY runs.id;
