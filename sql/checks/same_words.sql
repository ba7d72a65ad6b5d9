-- Did this run store the same title and body under more than one id?
WITH twins AS (
    SELECT string_agg(story_id, ' and ' ORDER BY story_id) AS ids
    FROM news.articles
    WHERE run_id = %(run_id)s AND body <> ''
    GROUP BY title, body
    HAVING count(*) > 1
)

SELECT
    'warning' AS severity,
    'none' AS wanted,
    count(*) = 0 AS passed,
    count(*) || ' texts stored under more than one id' AS seen,
    'check whether the newspaper published ' || coalesce(string_agg(ids, ', '), '')
    || ' twice, or the spider stored a teaser as a story' AS advice
FROM twins;
