-- Looks up each day in the index by day and section, so that a month costs the same however many years are stored. For
-- the same reason, sections are found by a loose index scan, which skips from one section to the next.
CREATE OR REPLACE VIEW news.coverage_daily AS
WITH RECURSIVE section_scan (source, section) AS (
    SELECT
        newspapers.source,
        (
            SELECT min(s.section) FROM news.stories AS s
            WHERE s.source = newspapers.source
        )
    FROM news.newspapers
    UNION ALL
    SELECT
        section_scan.source,
        (
            SELECT min(s.section) FROM news.stories AS s
            WHERE s.source = section_scan.source AND s.section > section_scan.section
        )
    FROM section_scan
    WHERE section_scan.section IS NOT NULL
),

sections AS MATERIALIZED (
    SELECT
        section_scan.source,
        coalesce(section_scan.section, '') AS section
    FROM section_scan
    WHERE
        section_scan.section IS NOT NULL
        OR EXISTS (
            SELECT FROM news.stories AS s
            WHERE s.source = section_scan.source AND s.section IS NULL
        )
)

SELECT
    paper.source,
    days.day,
    found.section,
    found.stories,
    found.words,
    reading.was_read
FROM news.newspapers AS paper
CROSS JOIN
    LATERAL (
        SELECT
            min(s.day) AS first,
            max(s.day) AS last
        FROM news.stories AS s
        -- a day before the first newspaper, or far in the future, is a mistake that would add millions of rows
        WHERE s.source = paper.source AND s.day BETWEEN '1605-01-01' AND '2199-12-31'
    ) AS span
CROSS JOIN LATERAL (SELECT span.first + n AS day FROM generate_series(0, span.last - span.first) AS n) AS days
CROSS JOIN
    LATERAL (
        -- the same as in days_read
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
    ) AS reading
CROSS JOIN LATERAL (
    SELECT
        sections.section,
        count(s.source)::integer AS stories,
        coalesce(sum(s.word_count), 0)::integer AS words
    FROM sections
    LEFT JOIN news.stories AS s
        ON paper.source = s.source AND days.day = s.day AND coalesce(s.section, '') = sections.section
    WHERE sections.source = paper.source
    GROUP BY sections.section
) AS found;

COMMENT ON VIEW news.coverage_daily IS
'Stories by day and section, from the first stored day to the last. '
'Days and sections without stories have rows of zeros. Days before 1605 or after 2199 are left out.';
COMMENT ON COLUMN news.coverage_daily.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.coverage_daily.day IS 'Day of the stories; see stories.day.';
COMMENT ON COLUMN news.coverage_daily.section IS 'Section; empty for stories without one.';
COMMENT ON COLUMN news.coverage_daily.stories IS 'Number of stories.';
COMMENT ON COLUMN news.coverage_daily.words IS 'Total words of these stories.';
COMMENT ON COLUMN news.coverage_daily.was_read IS
'Whether the newspaper was read on that day; see days_read. If not, the zeros do not mean that nothing was published: '
'leave the day out of averages.';

GRANT SELECT ON news.coverage_daily TO akhbar_reader, akhbar_bi;
