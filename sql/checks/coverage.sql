-- Were at least 95 percent of the listed stories stored? Stories that are gone or moved to a sister site are not
-- expected.
SELECT
    'error' AS severity,
    'at least 95%%' AS wanted,
    (counts ->> 'coverage')::numeric >= 0.95 AS passed,
    format(
        '%%s of %%s stories stored (%%s%%%%)',
        counts ->> 'stored', counts ->> 'expected', round((counts ->> 'coverage')::numeric * 100, 1)
    ) AS seen,
    format(
        '%%s pages failed and %%s stories were rejected; see tables pages and rejects for run %%s, then run it again',
        counts ->> 'failed', counts ->> 'rejected', id
    ) AS advice
FROM news.runs
WHERE id = %(run_id)s;
