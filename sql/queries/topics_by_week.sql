-- Which words rose each week?
-- The last four weeks, each compared with the four weeks before it.
-- Example output:
--   last_day   | word   | now | before
--   -----------+--------+-----+-------
--   2025-03-29 | April  | 2   |
--   2025-03-29 | clear  | 2   |
--   2025-03-29 | months | 2   |
SELECT
    week.last_day,
    rising.word,
    rising.now,
    rising.before
FROM (SELECT max(newest_edition) AS day FROM latest_run) AS newest
CROSS JOIN LATERAL (SELECT newest.day - 7 * n AS last_day FROM generate_series(0, 3) AS n) AS week
CROSS JOIN LATERAL rising_words(week.last_day, days => 7, before => 28, max_rows => 3) AS rising
ORDER BY week.last_day DESC, rising.score DESC NULLS LAST, rising.now DESC, rising.word ASC;
