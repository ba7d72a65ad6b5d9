-- Moves stories that were stored as articles but turn out to be editorials, with their id and history. The writer may
-- not delete stories; this function is the one exception, and only the writer may execute it.
CREATE OR REPLACE FUNCTION news.move_to_editorials(newspaper text, story_ids text[])
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH moved AS (
        DELETE FROM news.articles
        WHERE
            source = newspaper
            AND story_id = ANY(story_ids)
            -- a story in both tables stays in both: nothing is lost, and the duplicates check reports it
            AND NOT EXISTS (
                SELECT FROM news.editorials
                WHERE editorials.source = articles.source AND editorials.story_id = articles.story_id
            )
        RETURNING *
    ),
    arrived AS (
        INSERT INTO news.editorials (
            id, source, story_id, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
            published_date, edition_date, image_url, image_caption, tags, language, extracted_by, completeness,
            word_count, content_hash, copy_keys, revision, first_seen_at, last_seen_at, read_at, run_id
        )
        SELECT
            id, source, story_id, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
            published_date, edition_date, image_url, image_caption, tags, language, extracted_by, completeness,
            word_count, content_hash, copy_keys, revision, first_seen_at, last_seen_at, read_at, run_id
        FROM moved
        RETURNING 1
    )
    SELECT count(*) FROM arrived
$$;

COMMENT ON FUNCTION news.move_to_editorials(text, text[]) IS
'Moves stories of a newspaper from articles to editorials, keeping their id, revision and timestamps. '
'Returns the number of stories moved.';

REVOKE EXECUTE ON FUNCTION news.move_to_editorials(text, text[]) FROM public;
GRANT EXECUTE ON FUNCTION news.move_to_editorials(text, text[]) TO akhbar_writer;
