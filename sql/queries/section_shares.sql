-- What is an edition made of?
-- Stories and words by section; sections without stories that day have rows of zeros.
-- Example output:
--   day        | section    | stories | words | percent_of_words
--   -----------+------------+---------+-------+-----------------
--   2025-03-29 | Editorial  | 3       | 96    | 28
--   2025-03-29 | National   | 2       | 78    | 23
--   2025-03-29 | Business   | 3       | 68    | 20
--   2025-03-29 | Front Page | 2       | 63    | 19
--   2025-03-29 | Sport      | 1       | 34    | 10
--   2025-03-29 | Column     | 0       | 0     | 0
--   2025-03-29 | Karachi    | 0       | 0     | 0
--   2025-03-29 | Lahore     | 0       | 0     | 0
--   2025-03-29 | Letters    | 0       | 0     | 0
SELECT
    day,
    section,
    stories,
    words,
    round(100.0 * words / nullif(sum(words) OVER (PARTITION BY day), 0)) AS percent_of_words
FROM coverage_daily
WHERE day = '2025-03-29'
ORDER BY words DESC, section ASC;
