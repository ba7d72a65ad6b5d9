-- How fresh a newspaper is: its newest story, its editions, and the last run of each mode.
SELECT
    newest.published_at AS newest_story_at,
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
        (
            SELECT max(a.published_at) FROM news.articles AS a
            WHERE a.source = %(source)s
        ) AS article,
        (
            SELECT max(e.published_at) FROM news.editorials AS e
            WHERE e.source = %(source)s
        ) AS editorial
) AS parts
CROSS JOIN LATERAL (SELECT greatest(parts.article, parts.editorial) AS published_at) AS newest
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
