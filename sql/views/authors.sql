-- Added up by section first: a hash of some thousand rows instead of a sort of every story. Nothing else here reads
-- the whole table; a byline's stories are found at once by articles.authors @> ARRAY['…'].
CREATE OR REPLACE VIEW news.authors AS
WITH by_section AS (
    SELECT
        story.source,
        byline.author,
        story.section,
        count(*) AS stories,
        sum(story.word_count) AS words,
        min(story.day) AS first_seen,
        max(story.day) AS last_seen
    FROM news.stories AS story
    CROSS JOIN LATERAL unnest(story.authors) AS byline (author)
    GROUP BY story.source, byline.author, story.section
)

SELECT
    source,
    author,
    sum(stories)::integer AS stories,
    sum(words)::bigint AS words,
    min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    array_agg(section ORDER BY section) FILTER (WHERE section IS NOT NULL) AS sections
FROM by_section
GROUP BY source, author;

COMMENT ON VIEW news.authors IS 'Who writes: one row a byline of a newspaper. Agencies and desks are bylines, too.';
COMMENT ON COLUMN news.authors.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.authors.author IS 'The name in the byline.';
COMMENT ON COLUMN news.authors.stories IS 'How many stories carry it.';
COMMENT ON COLUMN news.authors.words IS 'Words of all of them.';
COMMENT ON COLUMN news.authors.first_seen IS 'Day of the first one stored.';
COMMENT ON COLUMN news.authors.last_seen IS 'Day of the last one stored.';
COMMENT ON COLUMN news.authors.sections IS 'The sections they stand in.';

GRANT SELECT ON news.authors TO akhbar_reader, akhbar_bi;
