-- Is everything up to date?
-- One row per newspaper: the result of its last run, and its newest edition. See also hours_since_good.
-- Example output:
--   source        | mode    | outcome  | failed_checks | newest_edition
--   --------------+---------+----------+---------------+---------------
--   dawn          | edition | complete | []            | 2025-03-29
--   guardian      |         |          | []            |
--   pakistantoday |         |          | []            |
SELECT
    source,
    mode,
    outcome,
    failed_checks,
    newest_edition
FROM latest_run;
