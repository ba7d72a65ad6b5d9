-- Stories of an edition that its earlier runs asked for and did not get: the page failed, or was read and refused.
-- Some are named by no listing, only by a box beside other stories, whose pages a later run has no reason to read.
WITH asked AS (
    SELECT DISTINCT ON (page.story_id)
        page.story_id,
        page.url,
        page.outcome,
        page.run_id
    FROM news.pages AS page
    INNER JOIN news.runs AS run ON page.run_id = run.id
    WHERE
        run.source = %(source)s
        AND run.mode = 'edition'
        AND run.edition_date = %(edition)s
        AND page.story_id IS NOT NULL
    ORDER BY page.story_id ASC, page.fetched_at DESC
),

stored AS (
    SELECT
        story_id,
        kind,
        section,
        excerpt,
        edition_date,
        completeness
    FROM news.articles
    WHERE source = %(source)s
    UNION ALL
    SELECT
        story_id,
        kind,
        section,
        excerpt,
        edition_date,
        completeness
    FROM news.editorials
    WHERE source = %(source)s
)

SELECT
    asked.story_id,
    asked.url,
    coalesce(stored.kind, rejected.story ->> 'kind', 'article') AS kind,
    coalesce(stored.section, rejected.story ->> 'section') AS section,
    coalesce(stored.excerpt, rejected.story ->> 'excerpt') AS excerpt,
    stored.edition_date
FROM asked
LEFT JOIN stored ON asked.story_id = stored.story_id
LEFT JOIN news.rejects AS rejected ON asked.run_id = rejected.run_id AND asked.story_id = rejected.story_id
WHERE
    asked.outcome NOT IN ('gone', 'moved')
    AND (stored.story_id IS NULL OR stored.completeness = 'listed')
ORDER BY asked.story_id;
