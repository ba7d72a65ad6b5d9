-- Looks up each day in the indexes by day, so that a month costs the same however many years are stored. MATERIALIZED
-- keeps the planner from looking up the same day again for every use of a result.
CREATE OR REPLACE VIEW news.editions AS
SELECT
    paper.source,
    days.day,
    CASE
        WHEN found.is_stored AND tried.complete_run IS NOT NULL
            THEN CASE
                WHEN run.checks @> '[{"severity": "error", "passed": false}]' THEN 'check_failed'
                ELSE 'complete'
            END
        WHEN EXISTS (
            SELECT FROM news.no_paper_days AS excused
            WHERE excused.source = paper.source AND excused.day = days.day
        ) THEN 'no_paper'
        WHEN tried.last_run IS NULL THEN 'not_tried'
        WHEN tried.last_outcome = 'refused' THEN 'blocked'
        WHEN found.is_stored THEN 'partial'
        WHEN
            days.day < newest.day
            AND (tried.last_outcome = 'empty' OR (paper.edition_kind = 'none' AND tried.complete_run IS NOT NULL))
            THEN 'no_paper'
        ELSE 'missing'
    END AS status,
    stored.articles,
    stored.editorials,
    (run.counts ->> 'coverage')::double precision AS coverage,
    run.id AS run_id
FROM news.newspapers AS paper
CROSS JOIN
    LATERAL (
        WITH once AS MATERIALIZED (
            SELECT
                CASE
                    WHEN paper.edition_kind = 'print'
                        THEN (
                            SELECT max(s.edition_date) FROM news.stories AS s
                            WHERE s.source = paper.source AND s.edition_date <= '2199-12-31'
                        )
                    ELSE (
                        SELECT max(s.day) FROM news.stories AS s
                        WHERE s.source = paper.source AND s.day <= '2199-12-31'
                    )
                END AS day
        )

        SELECT once.day
        FROM once
    ) AS newest
CROSS JOIN
    LATERAL (
        SELECT paper.start_date + n AS day
        FROM generate_series(
            0, greatest((now() AT TIME ZONE paper.time_zone)::date, newest.day) - paper.start_date
        ) AS n
    ) AS days
CROSS JOIN
    LATERAL (
        WITH once AS MATERIALIZED (
            SELECT
                CASE
                    WHEN paper.edition_kind = 'print'
                        THEN (
                            SELECT count(*) FROM news.articles AS a
                            WHERE a.source = paper.source AND a.edition_date = days.day
                        )
                    ELSE (
                        SELECT count(*) FROM news.articles AS a
                        WHERE a.source = paper.source AND a.day = days.day
                    )
                END::integer AS articles,
                CASE
                    WHEN paper.edition_kind = 'print'
                        THEN (
                            SELECT count(*) FROM news.editorials AS e
                            WHERE e.source = paper.source AND e.edition_date = days.day
                        )
                    ELSE (
                        SELECT count(*) FROM news.editorials AS e
                        WHERE e.source = paper.source AND e.day = days.day
                    )
                END::integer AS editorials
        )

        SELECT
            once.articles,
            once.editorials
        FROM once
    ) AS stored
CROSS JOIN LATERAL (SELECT stored.articles + stored.editorials > 0 AS is_stored) AS found
CROSS JOIN
    LATERAL (
        SELECT
            (array_agg(r.id ORDER BY r.outcome = 'running', r.started_at DESC, r.id DESC))[1] AS last_run,
            (array_agg(r.outcome ORDER BY r.outcome = 'running', r.started_at DESC, r.id DESC))[1] AS last_outcome,
            (
                array_agg(r.id ORDER BY r.outcome = 'running', r.started_at DESC, r.id DESC)
                FILTER (WHERE r.outcome = 'complete' AND r.loaded_at IS NOT NULL)
            )[1] AS complete_run
        FROM (
            SELECT
                e.id,
                e.outcome,
                e.started_at,
                e.loaded_at
            FROM news.runs AS e
            WHERE e.source = paper.source AND e.mode = 'edition' AND e.edition_date = days.day
            UNION ALL
            SELECT
                n.id,
                n.outcome,
                n.started_at,
                n.loaded_at
            FROM news.runs AS n
            WHERE
                paper.edition_kind = 'none'
                AND n.source = paper.source
                AND n.mode = 'latest'
                AND n.started_at >= days.day::timestamp AT TIME ZONE paper.time_zone
                AND n.started_at < (days.day + 1)::timestamp AT TIME ZONE paper.time_zone
        ) AS r
    ) AS tried
LEFT JOIN news.runs AS run ON coalesce(tried.complete_run, tried.last_run) = run.id;

COMMENT ON VIEW news.editions IS
'One row per newspaper and day, from newspapers.start_date to today in the newspaper''s time zone, or to the newest '
'stored day if that is later: what is stored of the day''s edition, and if something is missing, why. What an edition '
'is depends on newspapers.edition_kind; see there.';
COMMENT ON COLUMN news.editions.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.editions.day IS 'Date of the edition, in the newspaper''s time zone.';
COMMENT ON COLUMN news.editions.status IS
'The runs of a day are those that read its edition; if days cannot be read by their date (edition_kind none), also the '
'latest runs that started on it. A run is complete if its outcome is complete and its stories were loaded. The first '
'that applies: '
'complete: stories are stored, and the last complete run failed no check of severity error; a later run that does not '
'complete changes nothing. '
'check_failed: the same, but that run failed such a check. '
'no_paper: no_paper_days has a row for the day. '
'not_tried: no run. '
'blocked: the site refused the last run. '
'partial: some stories are stored, but no run is complete. '
'no_paper: nothing is stored although a later day is, and the listings of the last run named no story, or '
'edition_kind is none and a run is complete. '
'missing: there were runs, but nothing is stored. '
'Runs in progress count only if there is no other.';
COMMENT ON COLUMN news.editions.articles IS
'Stored articles of the edition: those with its edition_date if the newspaper is printed, otherwise those of the day.';
COMMENT ON COLUMN news.editions.editorials IS 'Stored editorials of the edition, counted like articles.';
COMMENT ON COLUMN news.editions.coverage IS
'Share of the listed stories that are stored, from 0 to 1, according to run_id; null if that run loaded nothing.';
COMMENT ON COLUMN news.editions.run_id IS
'The run that the status is about: the last complete run, or else the last run; null if there is none.';

GRANT SELECT ON news.editions TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;
