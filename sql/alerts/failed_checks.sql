-- Which checks failed in the last run of each mode? If a crawl is incomplete, other checks fail as a consequence, so
-- only the crawl check is reported, and other open alerts stay open until a crawl completes. A refused crawl has its
-- own alert. Backfilled editions do not count.
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
                '%%s, %%s: check %%s failed: %%s (run %%s)',
                run.publisher,
                coalesce('edition of ' || run.edition_date, 'latest stories'),
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
