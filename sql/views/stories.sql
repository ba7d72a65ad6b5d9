CREATE OR REPLACE VIEW news.stories AS
SELECT
    id,
    source,
    story_id,
    kind,
    url,
    title,
    excerpt,
    body,
    authors,
    section,
    dateline,
    published_at,
    updated_at,
    edition_date,
    day,
    image_url,
    image_caption,
    tags,
    language,
    extracted_by,
    completeness,
    word_count,
    content_hash,
    revision,
    first_seen_at,
    last_seen_at,
    run_id,
    search,
    copy_keys,
    read_at,
    published_date,
    stored_at,
    published_at AT TIME ZONE (
        SELECT paper.time_zone FROM news.newspapers AS paper
        WHERE paper.source = articles.source
    ) AS published_local
FROM news.articles
UNION ALL
SELECT
    id,
    source,
    story_id,
    kind,
    url,
    title,
    excerpt,
    body,
    authors,
    section,
    dateline,
    published_at,
    updated_at,
    edition_date,
    day,
    image_url,
    image_caption,
    tags,
    language,
    extracted_by,
    completeness,
    word_count,
    content_hash,
    revision,
    first_seen_at,
    last_seen_at,
    run_id,
    search,
    copy_keys,
    read_at,
    published_date,
    stored_at,
    published_at AT TIME ZONE (
        SELECT paper.time_zone FROM news.newspapers AS paper
        WHERE paper.source = editorials.source
    ) AS published_local
FROM news.editorials;

COMMENT ON VIEW news.stories IS 'Articles and editorials together, one row per story.';

COMMENT ON COLUMN news.stories.published_local IS
'Date and time of publication on the newspaper''s clock, for questions about hours and weekdays; null if the page '
'shows only the day. It has no time zone, so it looks the same in every session.';

-- copies the column comments from articles
DO $$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT
            attname,
            col_description(attrelid, attnum) AS comment
        FROM pg_attribute
        WHERE attrelid = 'news.articles'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN news.stories.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$$;

GRANT SELECT ON news.stories TO akhbar_writer, akhbar_reader, akhbar_bi;
