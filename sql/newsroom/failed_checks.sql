-- Checks that failed since a given time, warnings included: the latest failure of each check, per mode.
WITH failed AS (
    SELECT
        c.checked ->> 'name' AS name,
        c.checked ->> 'severity' AS severity,
        c.checked ->> 'seen' AS seen,
        c.checked ->> 'wanted' AS wanted,
        c.checked ->> 'message' AS message,
        run.mode,
        run.edition_date,
        run.id AS run_id,
        run.started_at
    FROM news.runs AS run
    CROSS JOIN LATERAL jsonb_array_elements(run.checks) AS c (checked)
    WHERE
        run.source = %(source)s AND run.started_at >= %(since)s
        AND NOT (c.checked ->> 'passed')::boolean
),

last AS (
    SELECT DISTINCT ON (name, mode)
        *,
        count(*) OVER (PARTITION BY name, mode) AS runs
    FROM failed
    ORDER BY name ASC, mode ASC, started_at DESC
)

SELECT * FROM last
ORDER BY severity ASC, started_at DESC;
