-- Which cities does the paper report from?
-- A dateline may name several cities, separated by slashes; each one counts.
-- Example output:
--   city       | stories | first_day  | last_day
--   -----------+---------+------------+-----------
--   KARACHI    | 8       | 2016-01-22 | 2025-03-29
--   ISLAMABAD  | 4       | 2016-01-22 | 2025-03-29
--   FAISALABAD | 1       | 2025-03-29 | 2025-03-29
--   GENEVA     | 1       | 2016-01-22 | 2016-01-22
--   JHELUM     | 1       | 2016-01-22 | 2016-01-22
--   LAHORE     | 1       | 2016-01-22 | 2016-01-22
--   NAPIER     | 1       | 2025-03-29 | 2025-03-29
--   PESHAWAR   | 1       | 2016-01-22 | 2016-01-22
--   RAWALPINDI | 1       | 2025-03-29 | 2025-03-29
--   SARGODHA   | 1       | 2016-01-22 | 2016-01-22
--   … and 1 more
SELECT
    city,
    count(*) AS stories,
    min(day) AS first_day,
    max(day) AS last_day
FROM stories_flat
CROSS JOIN LATERAL unnest(datelines) AS city
GROUP BY city
ORDER BY stories DESC, city ASC
LIMIT 30;
