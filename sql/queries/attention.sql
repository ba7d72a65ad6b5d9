-- How did attention to a subject develop?
-- The share of all stories, by year. Years that were not read are null.
-- Example output:
--   period | query | stories | of_stories | percent
--   -------+-------+---------+------------+--------
SELECT
    period,
    query,
    stories,
    of_stories,
    percent
FROM attention(ARRAY['water or river*', 'refund*'], 'year');
