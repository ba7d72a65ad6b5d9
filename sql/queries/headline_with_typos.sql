-- What was that headline again?
-- Finds headlines despite typos.
-- Example output:
--   day        | title                         | similarity
--   -----------+-------------------------------+-----------
--   2025-03-29 | Exporters seek faster refunds | 0.70
SELECT
    day,
    title,
    round(similarity::numeric, 2) AS similarity
FROM search_headlines('exporter seeks faster refnds', max_rows => 3);
