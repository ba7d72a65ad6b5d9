-- Aggregates by section first, which hashes a few thousand rows instead of sorting every story. No other view reads
-- the whole table. To find one author's stories, use articles.authors @> ARRAY['…'], which uses an index.
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

COMMENT ON VIEW news.authors IS 'Bylines, one row per newspaper and byline; agencies and desks are bylines too.';
COMMENT ON COLUMN news.authors.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.authors.author IS 'Name in the byline.';
COMMENT ON COLUMN news.authors.stories IS 'Number of stories with this byline.';
COMMENT ON COLUMN news.authors.words IS 'Total words of these stories.';
COMMENT ON COLUMN news.authors.first_seen IS 'Day of the first stored story.';
COMMENT ON COLUMN news.authors.last_seen IS 'Day of the last stored story.';
COMMENT ON COLUMN news.authors.sections IS 'Sections in which these stories appeared.';

GRANT SELECT ON news.authors TO akhbar_reader, akhbar_bi;
