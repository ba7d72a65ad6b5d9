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
    stored_at
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
    stored_at
FROM news.editorials;

COMMENT ON VIEW news.stories IS 'Articles and editorials together, one row per story.';

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
