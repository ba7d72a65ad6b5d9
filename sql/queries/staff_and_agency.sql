-- How much is the paper's own reporting, and how much is agency copy?
-- Judged by the byline: a named writer, staff such as "Our Correspondent", an agency, or none. The table agencies lists
-- the names.
-- Example output:
--   byline_kind | stories | percent
--   ------------+---------+--------
--   named       | 4       | 50.0
--   agency      | 2       | 25.0
--   none        | 1       | 12.5
--   staff       | 1       | 12.5
SELECT
    byline_kind,
    count(*) AS stories,
    round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM stories_flat
WHERE kind = 'article' AND day BETWEEN '2025-01-01' AND '2025-12-31'
GROUP BY byline_kind
ORDER BY stories DESC, byline_kind ASC;
