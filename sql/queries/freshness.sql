-- Is everything up to date?
-- One row per newspaper that was read: the result of its last run, and its newest edition. See also hours_since_good.
-- Example output:
--   source | mode    | outcome  | failed_checks | newest_edition
--   -------+---------+----------+---------------+---------------
--   dawn   | edition | complete | []            | 2025-03-29
SELECT
    source,
    mode,
    outcome,
    failed_checks,
    newest_edition
FROM latest_run
WHERE run_id IS NOT null;
