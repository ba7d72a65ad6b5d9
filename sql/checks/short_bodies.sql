-- Do many full stories of this run have fewer than 10 words? One may be genuine; many suggest that pages were
-- truncated.
WITH mine AS (
    SELECT word_count FROM news.articles
    WHERE run_id = %(run_id)s AND completeness = 'full' AND body IS NOT NULL
    UNION ALL
    SELECT word_count FROM news.editorials
    WHERE run_id = %(run_id)s AND completeness = 'full' AND body IS NOT NULL
),

share AS (
    SELECT
        count(*) AS stories,
        count(*) FILTER (WHERE word_count < 10) AS short
    FROM mine
)

SELECT
    'error' AS severity,
    'at most 1, or 10%%' AS wanted,
    'open one of them on the site: the text may have moved to another element' AS advice,
    short <= greatest(1, stories * 0.1) AS passed,
    short || ' of ' || stories || ' bodies have fewer than 10 words' AS seen
FROM share;
