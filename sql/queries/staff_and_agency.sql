-- How much is the paper's own reporting, and how much is agency copy?
-- Judged by the byline: a named writer, a desk such as "Our Correspondent", an agency, or none.
-- Example output:
--   byline       | stories | percent
--   -------------+---------+--------
--   named writer | 12      | 52.2
--   agency       | 4       | 17.4
--   no byline    | 4       | 17.4
--   desk         | 3       | 13.0
WITH kinds AS (
    SELECT
        section,
        CASE
            WHEN authors = '{}' THEN 'no byline'
            WHEN
                authors
                && ARRAY['APP', 'AFP', 'Reuters', 'AP', 'INP', 'PPI', 'Online', 'Agencies', 'dpa', 'Anadolu Agency']
                THEN 'agency'
            WHEN array_to_string(authors, ' ') ~* 'correspondent|reporter|report|desk|monitoring' THEN 'desk'
            ELSE 'named writer'
        END AS byline
    FROM articles
)

SELECT
    byline,
    count(*) AS stories,
    round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM kinds
GROUP BY byline
ORDER BY stories DESC, byline ASC;
