-- Which words appeared in the most headlines each week?
-- Covers the last twelve weeks. Headline words have weight A in the column search and are stemmed: "school" also counts
-- "schools".
-- Example output:
--   week       | word   | headlines
--   -----------+--------+----------
--   2025-03-24 | refund | 2
--   2025-03-24 | april  | 1
--   2025-03-24 | bill   | 1
WITH headline_words AS (
    SELECT
        date_trunc('week', stories.day)::date AS week,
        unnest(tsvector_to_array(ts_filter(stories.search, '{a}'))) AS word
    FROM latest_run
    INNER JOIN stories ON latest_run.source = stories.source AND stories.day > latest_run.newest_edition - 84
),

counted AS (
    SELECT
        week,
        word,
        count(*) AS headlines,
        row_number() OVER (PARTITION BY week ORDER BY count(*) DESC, word) AS place
    FROM headline_words
    WHERE length(word) > 3
    GROUP BY week, word
)

SELECT
    week,
    word,
    headlines
FROM counted
WHERE place <= 3
ORDER BY week, place;
