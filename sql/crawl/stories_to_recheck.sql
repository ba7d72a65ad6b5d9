-- Recent stories that are due for a recheck: a recheck age has passed since the story was last fetched. Ages count from
-- publication, or from the start of its day if only that is known. A missed recheck stays due until the story is twice
-- as old as the last recheck age. A last_seen_at in the future comes from a wrong clock and is ignored.
WITH recent AS (
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
    FROM news.stories
    WHERE
        source = %(source)s
        AND completeness = 'full'
        AND published_at BETWEEN %(now)s - 2 * %(last_age)s AND %(now)s
    UNION ALL
    SELECT
        story.source,
        story.story_id,
        story.kind,
        story.url,
        story.section,
        story.excerpt,
        story.edition_date,
        start.published_at,
        story.last_seen_at
    FROM news.stories AS story
    CROSS JOIN LATERAL (SELECT news.start_of_day(story.source, story.published_date)) AS start (published_at)
    WHERE
        story.source = %(source)s
        AND story.completeness = 'full'
        AND story.published_at IS NULL
        AND start.published_at BETWEEN %(now)s - 2 * %(last_age)s AND %(now)s
        -- for the index: a day more on both sides, for any time zone
        AND story.published_date BETWEEN (%(now)s - 2 * %(last_age)s)::date - 1 AND %(now)s::date + 1
),

due AS (
    SELECT
        recent.*,
        last_recheck.due_at
    FROM recent
    INNER JOIN
        LATERAL (
            SELECT max(recent.published_at + recheck.age) AS due_at
            FROM unnest(%(ages)s) AS recheck (age)
            WHERE recent.published_at + recheck.age <= %(now)s
        ) AS last_recheck
        ON
            recent.last_seen_at < last_recheck.due_at
            OR (last_recheck.due_at IS NOT NULL AND recent.last_seen_at > greatest(now(), %(now)s))
)

SELECT
    due.story_id,
    due.kind,
    due.edition_date,
    due.excerpt,
    page.etag,
    page.last_modified,
    coalesce(page.url, due.url) AS url,
    -- without an edition, the section came from the page and may have changed
    CASE WHEN due.edition_date IS NOT NULL THEN due.section END AS section
FROM due
LEFT JOIN LATERAL (
    -- the page from which the stored text was read: validators of a later page that was not stored do not apply
    SELECT
        page.url,
        CASE WHEN page.fetched_at <= due.last_seen_at THEN page.etag END AS etag,
        CASE WHEN page.fetched_at <= due.last_seen_at THEN page.last_modified END AS last_modified
    FROM news.pages AS page
    WHERE page.source = due.source AND page.story_id = due.story_id AND page.outcome = 'parsed'
    ORDER BY page.fetched_at DESC
    LIMIT 1
) AS page ON TRUE
WHERE
    -- fetched since then, but gone, moved or failed: wait for the next recheck age
    NOT EXISTS (
        SELECT FROM news.pages AS attempt
        WHERE
            attempt.source = due.source
            AND attempt.story_id = due.story_id
            AND attempt.fetched_at BETWEEN due.due_at AND greatest(now(), %(now)s)
            AND attempt.outcome <> 'refused'
    )
ORDER BY due.published_at DESC, due.story_id DESC
LIMIT %(max_rows)s;
