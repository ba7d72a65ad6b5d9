-- Which days have no edition?
-- Gaps between the first and last stored edition, as ranges. The paper does not appear on some holidays.
-- Example output:
--   source | first_missing | last_missing | days
--   -------+---------------+--------------+-----
--   dawn   | 2016-01-23    | 2025-03-27   | 3352
WITH editions AS (
    SELECT DISTINCT
        source,
        edition_date
    FROM stories
    WHERE edition_date IS NOT NULL
),

steps AS (
    SELECT
        source,
        edition_date,
        lead(edition_date) OVER (PARTITION BY source ORDER BY edition_date) AS next_edition
    FROM editions
)

SELECT
    source,
    edition_date + 1 AS first_missing,
    next_edition - 1 AS last_missing,
    next_edition - edition_date - 1 AS days
FROM steps
WHERE next_edition - edition_date > 1
ORDER BY first_missing;
