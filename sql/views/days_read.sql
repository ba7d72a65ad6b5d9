-- Looks up each day in the indexes by day; coverage_daily does the same for its days. MATERIALIZED keeps the planner
-- from looking up the same thing again for every use of a result.
CREATE OR REPLACE VIEW news.days_read AS
SELECT
    paper.source,
    days.day
FROM news.newspapers AS paper
CROSS JOIN
    LATERAL (
        WITH once AS MATERIALIZED (
            SELECT
                least(
                    (
                        SELECT min(s.day) FROM news.stories AS s
                        WHERE s.source = paper.source AND s.day >= '1605-01-01'
                    ),
                    (
                        SELECT min(r.edition_date) FROM news.runs AS r
                        WHERE r.source = paper.source AND r.edition_date >= '1605-01-01'
                    ),
                    (
                        SELECT (min(r.started_at) AT TIME ZONE paper.time_zone)::date FROM news.runs AS r
                        WHERE r.source = paper.source AND r.started_at >= '1970-01-01'
                    )
                ) AS first,
                greatest(
                    (
                        SELECT max(s.day) FROM news.stories AS s
                        WHERE s.source = paper.source AND s.day <= '2199-12-31'
                    ),
                    (
                        SELECT max(r.edition_date) FROM news.runs AS r
                        WHERE r.source = paper.source AND r.edition_date <= '2199-12-31'
                    ),
                    (
                        SELECT (max(r.started_at) AT TIME ZONE paper.time_zone)::date FROM news.runs AS r
                        WHERE r.source = paper.source AND r.started_at <= '2199-12-31'
                    )
                ) AS last
        )

        SELECT
            once.first,
            once.last
        FROM once
    ) AS span
CROSS JOIN LATERAL (SELECT span.first + n AS day FROM generate_series(0, span.last - span.first) AS n) AS days
CROSS JOIN
    LATERAL (
        WITH once AS MATERIALIZED (
            SELECT
                EXISTS (
                    SELECT FROM news.stories AS s
                    WHERE s.source = paper.source AND s.day = days.day
                )
                OR EXISTS (
                    SELECT FROM news.runs AS r
                    WHERE
                        r.source = paper.source
                        AND r.edition_date = days.day
                        AND r.loaded_at IS NOT NULL
                        AND r.outcome IN ('complete', 'empty')
                )
                OR EXISTS (
                    SELECT FROM news.runs AS r
                    WHERE
                        r.source = paper.source
                        AND r.mode = 'latest'
                        AND r.started_at >= days.day::timestamp AT TIME ZONE paper.time_zone
                        AND r.started_at < (days.day + 1)::timestamp AT TIME ZONE paper.time_zone
                        AND r.loaded_at IS NOT NULL
                        AND r.outcome IN ('complete', 'empty')
                ) AS was_read
        )

        SELECT once.was_read
        FROM once
    ) AS found
WHERE found.was_read;

COMMENT ON VIEW news.days_read IS
'The days on which a newspaper was read, so that an average or a chart can leave out the others: days with a stored '
'story, days whose edition a run read completely, and days on which a run read the latest stories completely.';
COMMENT ON COLUMN news.days_read.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.days_read.day IS 'Day of the stories; see stories.day.';

GRANT SELECT ON news.days_read TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;
