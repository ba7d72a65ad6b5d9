-- Do two stories of this run say the same, word for word, under two numbers?
WITH twins AS (
    SELECT string_agg(story_id, ' and ' ORDER BY story_id) AS numbers
    FROM news.articles
    WHERE run_id = %(run_id)s AND body <> ''
    GROUP BY title, body
    HAVING count(*) > 1
)

SELECT
    'warning' AS severity,
    'none' AS wanted,
    count(*) = 0 AS passed,
    count(*) || ' stories stored under two numbers' AS seen,
    'see whether the paper published ' || coalesce(string_agg(numbers, ', '), '')
    || ' twice or the spider took a pointer for a story' AS advice
FROM twins;
