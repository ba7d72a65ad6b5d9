-- Stories, newest first. Those of which only the day of publication is known come after the others of their day, and
-- those without either come last. Without a print edition (`printed`), the edition of a day is the stories published
-- on it.
WITH timed AS (
    SELECT *
    FROM news.stories
    WHERE
        published_at IS NOT NULL
        AND source = %(source)s
        AND (%(kind)s::text IS NULL OR kind = %(kind)s)
        AND (%(day)s::date IS NULL OR day = %(day)s)
        AND (%(edition)s::date IS NULL OR CASE WHEN %(printed)s THEN edition_date ELSE day END = %(edition)s)
        AND (%(section)s::text IS NULL OR section = %(section)s)
        AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
    ORDER BY published_at DESC NULLS LAST, id DESC
    LIMIT %(skip)s + %(most)s
),

dated AS (
    SELECT *
    FROM news.stories
    WHERE
        published_at IS NULL
        AND source = %(source)s
        AND (%(kind)s::text IS NULL OR kind = %(kind)s)
        AND (%(day)s::date IS NULL OR day = %(day)s)
        AND (%(edition)s::date IS NULL OR CASE WHEN %(printed)s THEN edition_date ELSE day END = %(edition)s)
        AND (%(section)s::text IS NULL OR section = %(section)s)
        AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
    ORDER BY published_date DESC NULLS LAST, id DESC
    LIMIT %(skip)s + %(most)s
)

SELECT
    kind,
    story_id,
    url,
    title,
    language,
    authors,
    section,
    day,
    edition_date,
    published_at,
    published_date,
    word_count,
    revision,
    run_id
FROM (
    SELECT * FROM timed
    UNION ALL
    SELECT * FROM dated
) AS found
ORDER BY coalesce(published_at, news.start_of_day(source, published_date)) DESC NULLS LAST, id DESC
LIMIT %(most)s OFFSET %(skip)s;
