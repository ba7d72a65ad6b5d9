-- Stories, newest first. Without a print edition (`printed`), the edition of a day is the stories published on it.
SELECT
    kind,
    story_id,
    url,
    title,
    authors,
    section,
    day,
    edition_date,
    published_at,
    word_count,
    revision,
    run_id
FROM news.stories
WHERE
    source = %(source)s
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(day)s::date IS NULL OR day = %(day)s)
    AND (%(edition)s::date IS NULL OR CASE WHEN %(printed)s THEN edition_date ELSE day END = %(edition)s)
    AND (%(section)s::text IS NULL OR section = %(section)s)
    AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
ORDER BY published_at DESC NULLS LAST, id DESC
LIMIT %(most)s OFFSET %(skip)s;
