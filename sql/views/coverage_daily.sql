-- Each day is looked up in the index by day and section: a month costs a month, however many years there are. For
-- the same reason the sections are found by leaping from one to the next in the index.
CREATE OR REPLACE VIEW news.coverage_daily AS
WITH RECURSIVE leaps (source, section) AS (
    SELECT
        newspapers.source,
        (
            SELECT min(s.section) FROM news.stories AS s
            WHERE s.source = newspapers.source
        )
    FROM news.newspapers
    UNION ALL
    SELECT
        leaps.source,
        (
            SELECT min(s.section) FROM news.stories AS s
            WHERE s.source = leaps.source AND s.section > leaps.section
        )
    FROM leaps
    WHERE leaps.section IS NOT NULL
),

sections AS MATERIALIZED (
    SELECT
        leaps.source,
        coalesce(leaps.section, '') AS section
    FROM leaps
    WHERE
        leaps.section IS NOT NULL
        OR EXISTS (
            SELECT FROM news.stories AS s
            WHERE s.source = leaps.source AND s.section IS NULL
        )
)

SELECT
    paper.source,
    days.day,
    found.section,
    found.stories,
    found.words
FROM news.newspapers AS paper
CROSS JOIN
    LATERAL (
        SELECT
            min(s.day) AS first,
            max(s.day) AS last
        FROM news.stories AS s
        WHERE s.source = paper.source
    ) AS span
CROSS JOIN LATERAL (SELECT span.first + n AS day FROM generate_series(0, span.last - span.first) AS n) AS days
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
'Stories by day and section; a day or section with nothing is a row with zero, from the first day stored to the last.';
COMMENT ON COLUMN news.coverage_daily.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.coverage_daily.day IS 'The day that the stories belong to.';
COMMENT ON COLUMN news.coverage_daily.section IS 'The section; empty for stories without one.';
COMMENT ON COLUMN news.coverage_daily.stories IS 'How many stories there are.';
COMMENT ON COLUMN news.coverage_daily.words IS 'Words of all of them.';

GRANT SELECT ON news.coverage_daily TO akhbar_reader, akhbar_bi;
