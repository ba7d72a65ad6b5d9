-- How fresh a newspaper is: its newest story, or that story's day if no time is known; its editions, and the last run
-- of each mode.
SELECT
    newest.published_at AS newest_story_at,
    newest.published_date AS newest_story_date,
    span.first_edition,
    span.newest_edition,
    latest.id AS latest_run,
    latest.started_at AS latest_at,
    latest.outcome AS latest_outcome,
    edition.id AS edition_run,
    edition.started_at AS edition_at,
    edition.outcome AS edition_outcome,
    edition.edition_date
FROM (
    SELECT
        found.published_at,
        found.published_date
    FROM (
        SELECT
            max(story.published_at) AS published_at,
            NULL::date AS published_date
        FROM news.stories AS story
        WHERE story.source = %(source)s
        UNION ALL
        SELECT
            NULL AS published_at,
            max(story.published_date) AS published_date
        FROM news.stories AS story
        WHERE story.source = %(source)s AND story.published_at IS NULL
    ) AS found
    ORDER BY coalesce(found.published_at, news.start_of_day(%(source)s, found.published_date)) DESC NULLS LAST
    LIMIT 1
) AS newest
CROSS JOIN
    LATERAL (
        SELECT
            min(run.edition_date) AS first_edition,
            max(run.edition_date) AS newest_edition
        FROM news.runs AS run
        WHERE run.source = %(source)s AND run.edition_date IS NOT NULL
    ) AS span
LEFT JOIN LATERAL (
    SELECT run.* FROM news.runs AS run
    WHERE run.source = %(source)s AND run.mode = 'latest'
    ORDER BY run.started_at DESC
    LIMIT 1
) AS latest ON TRUE
LEFT JOIN LATERAL (
    SELECT run.* FROM news.runs AS run
    WHERE run.source = %(source)s AND run.mode = 'edition' AND run.edition_date IS NOT NULL
    ORDER BY run.edition_date DESC, run.started_at DESC
    LIMIT 1
) AS edition ON TRUE;
