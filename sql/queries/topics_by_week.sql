-- Which words stood in the most headlines, week by week?
-- In the last twelve weeks. A headline's words are in the column search with weight A, already as stems: "school"
-- stands for "schools", too.
-- Example answer:
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
