-- How did attention to a subject develop?
-- The share of all stories, by year. Years that were not read are null.
-- Example output:
--   period     | query           | stories | of_stories | percent
--   -----------+-----------------+---------+------------+--------
--   2016-01-01 | water or river* | 3       | 18         | 16.6667
--   2016-01-01 | refund*         | 0       | 18         | 0.0000
--   2017-01-01 | water or river* |         |            |
--   2017-01-01 | refund*         |         |            |
--   2018-01-01 | water or river* |         |            |
--   2018-01-01 | refund*         |         |            |
--   2019-01-01 | water or river* |         |            |
--   2019-01-01 | refund*         |         |            |
--   2020-01-01 | water or river* |         |            |
--   2020-01-01 | refund*         |         |            |
--   … and 10 more
SELECT
    period,
    query,
    stories,
    of_stories,
    percent
FROM attention(ARRAY['water or river*', 'refund*'], 'year');
