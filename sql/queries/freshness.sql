-- Is everything fresh?
-- One row a newspaper: how its last run went and what its newest edition is. See also hours_since_good.
-- Example answer:
--   source | mode    | outcome  | failed_checks | newest_edition
--   -------+---------+----------+---------------+---------------
--   dawn   | edition | complete | []            | 2025-03-29
SELECT
    source,
    mode,
    outcome,
    failed_checks,
    newest_edition
FROM latest_run;
