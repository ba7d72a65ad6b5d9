-- Which newspaper reported it first, and which reported most?
-- Example output:
--   source | is_first | first_published_at        | first_title    | stories | percent | editorials
--   -------+----------+---------------------------+----------------+---------+---------+-----------
--   dawn   | True     | 2016-01-22 01:40:00+00:00 | Counting water | 3       | 9.3750  | 1
SELECT
    source,
    is_first,
    first_published_at,
    first_title,
    stories,
    percent,
    editorials
FROM compare_sources('water or river*');
