-- What did the checks of the last run of each kind find? A crawl that is not complete explains what else failed, and
-- one that was refused is a problem of its own: so a check that fails in either says nothing, nor that all is well.
-- Editions of the past that are filled in do not count.
WITH last_runs AS (
    SELECT DISTINCT ON (run.mode)
        run.id,
        run.mode,
        run.edition_date,
        run.outcome,
        run.checks,
        paper.source,
        paper.publisher
    FROM news.runs AS run
    INNER JOIN news.newspapers AS paper ON run.source = paper.source
    WHERE
        run.source = %(source)s
        AND run.checks <> '[]'
        AND (
            run.mode = 'latest'
            OR (run.mode = 'edition' AND run.edition_date > (run.started_at AT TIME ZONE paper.time_zone)::date - 3)
        )
    ORDER BY run.mode ASC, run.started_at DESC
)

SELECT
    'check ' || run.source || ' ' || run.mode || ' ' || (checked ->> 'name') AS problem,
    CASE
        WHEN NOT (checked ->> 'passed')::boolean AND checked ->> 'severity' = 'error'
            THEN format(
                '%%s, %%s: the check %%s failed: %%s (run %%s)',
                run.publisher,
                coalesce('the edition of ' || run.edition_date, 'the latest stories'),
                checked ->> 'name',
                checked ->> 'message',
                run.id
            )
    END AS message
FROM last_runs AS run, jsonb_array_elements(run.checks) AS checked
WHERE
    (checked ->> 'passed')::boolean
    OR run.outcome = 'complete'
    OR (checked ->> 'name' = 'crawl' AND run.outcome <> 'refused')
ORDER BY problem;
