-- Which words are in the news this week that were not before?
-- The last seven days, compared with the four weeks before.
-- Example output:
--   word     | now | before | ratio | score
--   ---------+-----+--------+-------+------
--   April    | 2   |        |       |
--   clear    | 2   |        |       |
--   months   | 2   |        |       |
--   promised | 2   |        |       |
--   refunds  | 2   |        |       |
--   says     | 2   |        |       |
SELECT
    word,
    now,
    before,
    ratio,
    score
FROM rising_words(days => 7, before => 28, max_rows => 10);
