-- Which young stories are due to be looked at again: a step of the schedule has passed since we last asked for them.
-- Steps count from the publication; one that was missed is made up for, until twice the age of the last.
-- A time to come was written by a clock that went wrong, and says nothing.
WITH young AS (
    SELECT
        source,
        story_id,
        kind,
        url,
        section,
        excerpt,
        edition_date,
        published_at,
        last_seen_at
    FROM news.articles
    WHERE
        source = %(source)s
        AND completeness = 'full'
        AND published_at BETWEEN %(now)s - 2 * %(last_look)s AND %(now)s
    UNION ALL
    SELECT
        source,
        story_id,
        kind,
        url,
        section,
        excerpt,
        edition_date,
        published_at,
        last_seen_at
    FROM news.editorials
    WHERE
        source = %(source)s
        AND completeness = 'full'
        AND published_at BETWEEN %(now)s - 2 * %(last_look)s AND %(now)s
),

due AS (
    SELECT
        young.*,
        step.passed_at
    FROM young
    INNER JOIN
        LATERAL (
            SELECT max(young.published_at + look.age) AS passed_at
            FROM unnest(%(looks)s) AS look (age)
            WHERE young.published_at + look.age <= %(now)s
        ) AS step
        ON
            young.last_seen_at < step.passed_at
            OR (step.passed_at IS NOT NULL AND young.last_seen_at > greatest(now(), %(now)s))
)

SELECT
    due.story_id,
    due.kind,
    due.edition_date,
    due.excerpt,
    known.etag,
    known.last_modified,
    coalesce(known.url, due.url) AS url,
    -- without an edition it is what the page said, and may say otherwise now
    CASE WHEN due.edition_date IS NOT NULL THEN due.section END AS section
FROM due
LEFT JOIN LATERAL (
    -- what the stored text was read from; a later page that could not be stored is no match for it
    SELECT
        page.url,
        CASE WHEN page.fetched_at <= due.last_seen_at THEN page.etag END AS etag,
        CASE WHEN page.fetched_at <= due.last_seen_at THEN page.last_modified END AS last_modified
    FROM news.pages AS page
    WHERE page.source = due.source AND page.story_id = due.story_id AND page.outcome = 'parsed'
    ORDER BY page.fetched_at DESC
    LIMIT 1
) AS known ON TRUE
WHERE
    -- asked for since then, and gone, moved or failed: not again before the next step
    NOT EXISTS (
        SELECT FROM news.pages AS asked
        WHERE
            asked.source = due.source
            AND asked.story_id = due.story_id
            AND asked.fetched_at BETWEEN due.passed_at AND greatest(now(), %(now)s)
            AND asked.outcome <> 'refused'
    )
ORDER BY due.published_at DESC, due.story_id DESC
LIMIT %(most)s;
