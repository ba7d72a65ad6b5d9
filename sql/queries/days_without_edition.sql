-- Which days have no edition?
-- Ranges of days up to the newest stored edition of which nothing is stored, and why; see editions.status. On days with
-- the status no_paper, none appeared.
-- Example output:
--   source | first_day  | last_day   | days | status
--   -------+------------+------------+------+----------
--   dawn   | 2025-03-25 | 2025-03-25 | 1    | not_tried
--   dawn   | 2025-03-26 | 2025-03-26 | 1    | no_paper
--   dawn   | 2025-03-27 | 2025-03-28 | 2    | not_tried
WITH gaps AS (
    SELECT
        source,
        day,
        status,
        day - row_number() OVER (PARTITION BY source, status ORDER BY day)::integer AS range
    FROM editions
    WHERE status IN ('no_paper', 'not_tried', 'blocked', 'missing')
)

SELECT
    gaps.source,
    min(gaps.day) AS first_day,
    max(gaps.day) AS last_day,
    count(*) AS days,
    gaps.status
FROM gaps
INNER JOIN latest_run ON gaps.source = latest_run.source
WHERE gaps.day < latest_run.newest_edition
GROUP BY gaps.source, gaps.status, gaps.range
ORDER BY gaps.source ASC, first_day ASC;
