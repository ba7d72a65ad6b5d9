-- What was that headline again?
-- Finds headlines in spite of typing mistakes.
-- Example answer:
--   day | title | similarity
--   ----+-------+-----------
SELECT
    day,
    title,
    round(similarity::numeric, 2) AS similarity
FROM search_headlines('excange of refunds exporter', max_rows => 3);
