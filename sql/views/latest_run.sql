CREATE OR REPLACE VIEW news.latest_run AS
SELECT
    paper.source,
    last.id AS run_id,
    last.mode,
    last.edition_date,
    last.outcome,
    last.reason,
    last.started_at,
    last.finished_at,
    last.loaded_at,
    array(
        SELECT checked ->> 'name' || ': ' || (checked ->> 'message')
        FROM jsonb_array_elements(last.checks) AS checked
        WHERE NOT (checked ->> 'passed')::boolean AND checked ->> 'severity' = 'error'
    ) AS failed_checks,
    good.loaded_at AS last_good_at,
    CASE
        WHEN isfinite(good.loaded_at)
            THEN round((extract(EPOCH FROM now()) - extract(EPOCH FROM good.loaded_at)) / 3600, 1)
    END AS hours_since_good,
    newest.edition_date AS newest_edition,
    newest.published_at AS newest_story_at
FROM news.newspapers AS paper
LEFT JOIN LATERAL (
    SELECT run.*
    FROM news.runs AS run
    WHERE run.source = paper.source AND run.mode <> 'replay'
    ORDER BY run.started_at DESC
    LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT run.loaded_at
    FROM news.runs AS run
    WHERE
        run.source = paper.source
        AND run.mode <> 'replay'
        AND run.loaded_at IS NOT null
        AND run.outcome = 'complete'
        AND NOT run.checks @> '[{"severity": "error", "passed": false}]'
    ORDER BY run.started_at DESC
    LIMIT 1
) AS good ON true
CROSS JOIN LATERAL (
    SELECT
        (
            SELECT max(story.edition_date) FROM news.stories AS story
            WHERE story.source = paper.source
        ) AS edition_date,
        greatest(
            (
                SELECT max(story.published_at) FROM news.stories AS story
                WHERE story.source = paper.source
            ),
            news.start_of_day(paper.source, (
                SELECT max(story.published_date) FROM news.stories AS story
                WHERE story.source = paper.source AND story.published_at IS null
            ))
        ) AS published_at
) AS newest;

COMMENT ON VIEW news.latest_run IS
'How fresh the tables are: one row per newspaper, with its last run and its newest story.';
COMMENT ON COLUMN news.latest_run.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.latest_run.run_id IS 'Most recently started run; null if there is none.';
COMMENT ON COLUMN news.latest_run.mode IS 'What the run read: edition or latest.';
COMMENT ON COLUMN news.latest_run.edition_date IS 'Edition that the run read; null for a latest run.';
COMMENT ON COLUMN news.latest_run.outcome IS 'How the crawl ended; see runs.outcome.';
COMMENT ON COLUMN news.latest_run.reason IS 'Why the outcome is not complete.';
COMMENT ON COLUMN news.latest_run.started_at IS 'When the crawl started.';
COMMENT ON COLUMN news.latest_run.finished_at IS 'When the crawl ended.';
COMMENT ON COLUMN news.latest_run.loaded_at IS 'When its stories were loaded.';
COMMENT ON COLUMN news.latest_run.failed_checks IS 'Failed checks with their messages; empty if none failed.';
COMMENT ON COLUMN news.latest_run.last_good_at IS 'When a complete run that passed its checks was last loaded.';
COMMENT ON COLUMN news.latest_run.hours_since_good IS 'Hours since last_good_at.';
COMMENT ON COLUMN news.latest_run.newest_edition IS 'Newest print edition with a stored story.';
COMMENT ON COLUMN news.latest_run.newest_story_at IS
'Publication time of the newest stored story, or the start of its day if only that is known.';

GRANT SELECT ON news.latest_run TO akhbar_reader, akhbar_bi;
