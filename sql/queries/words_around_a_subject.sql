-- Which words set stories on a subject apart?
-- Example output:
--   word     | stories | lift | score
--   ---------+---------+------+------
--   panel    | 2       | 8.67 | 4.6
--   record   | 2       | 8.67 | 4.6
--   releases | 2       | 8.67 | 4.6
--   ask      | 2       | 2.89 | 1.5
--   Thursday | 2       | 2.55 | 1.3
--   days     | 2       | 2.28 | 1.0
SELECT
    word,
    stories,
    lift,
    score
FROM collocates('water or river*', max_rows => 10);
