-- Which words stood in the most headlines, week by week?
-- A headline's words are in the column search with weight A, already as stems: "school" stands for "schools", too.
-- Example answer:
--   week       | word   | headlines
--   -----------+--------+----------
--   2016-01-18 | night  | 2
--   2016-01-18 | nurs   | 2
--   2016-01-18 | talk   | 2
--   2025-03-24 | refund | 2
--   2025-03-24 | april  | 1
--   2025-03-24 | bill   | 1
WITH headline_words AS (
    SELECT
        date_trunc('week', day)::date AS week,
        unnest(tsvector_to_array(ts_filter(search, '{a}'))) AS word
    FROM stories
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
