-- Is any story of this run dated in the future or before newspapers had websites, or updated before it was published?
WITH mine AS (
    SELECT
        source,
        story_id,
        published_at,
        updated_at,
        published_date,
        edition_date,
        first_seen_at
    FROM news.articles
    WHERE run_id = %(run_id)s
    UNION ALL
    SELECT
        source,
        story_id,
        published_at,
        updated_at,
        published_date,
        edition_date,
        first_seen_at
    FROM news.editorials
    WHERE run_id = %(run_id)s
),

impossible AS (
    SELECT story_id
    FROM mine
    WHERE
        published_at > first_seen_at + interval '1 day'
        OR published_at < '1990-01-01'
        OR published_date > (first_seen_at + interval '1 day')::date
        OR published_date < '1990-01-01'
        OR updated_at < coalesce(published_at, news.start_of_day(source, published_date))
        OR edition_date > (first_seen_at + interval '2 days')::date
)

SELECT
    'error' AS severity,
    'none' AS wanted,
    count(*) = 0 AS passed,
    count(*) || ' stories with impossible dates' AS seen,
    'look at ' || coalesce(string_agg(story_id, ', '), '') || ': has the site changed its date format?' AS advice
FROM impossible;
