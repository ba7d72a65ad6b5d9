-- Who may do what. Roles belong to the whole server: another database of it may have made them already.
-- depends: 0001.tables

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['akhbar_writer', 'akhbar_reader', 'akhbar_monitor']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA news TO akhbar_writer, akhbar_reader, akhbar_monitor;

-- The pipeline. Stories are never deleted; rejects and pages of a run are replaced when it is loaded again.
GRANT SELECT, INSERT, UPDATE ON news.articles, news.editorials, news.runs TO akhbar_writer;
GRANT SELECT, INSERT ON news.revisions TO akhbar_writer;
GRANT SELECT, INSERT, DELETE ON news.rejects, news.pages TO akhbar_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA news TO akhbar_writer;

-- Everyone who queries the tables: stories and views, neither rejects nor pages.
GRANT SELECT ON news.articles, news.editorials, news.revisions, news.runs TO akhbar_reader;

-- The Newsroom page: everything, to look at.
GRANT SELECT ON ALL TABLES IN SCHEMA news TO akhbar_monitor;
ALTER DEFAULT PRIVILEGES IN SCHEMA news GRANT SELECT ON TABLES TO akhbar_monitor;

-- A question of a reader must not starve the pipeline.
DO $$
BEGIN
    EXECUTE format('ALTER ROLE akhbar_reader IN DATABASE %I SET statement_timeout TO ''60s''', current_database());
    EXECUTE format('ALTER ROLE akhbar_reader IN DATABASE %I SET work_mem TO ''32MB''', current_database());
    EXECUTE format(
        'ALTER ROLE akhbar_reader IN DATABASE %I SET default_transaction_read_only TO on', current_database()
    );
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the limits of akhbar_reader were not set: %', sqlerrm;
END
$$;

-- A story that was taken for an article and turns out to be an editorial moves, with its number and history.
-- The writer may not delete stories, hence this one narrow door.
CREATE FUNCTION news.move_to_editorials(newspaper text, story_ids text[])
RETURNS bigint
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH moved AS (
        DELETE FROM news.articles
        WHERE source = newspaper AND story_id = ANY(story_ids)
        RETURNING *
    ),
    arrived AS (
        INSERT INTO news.editorials (
            id, source, story_id, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
            edition_date, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
            content_hash, revision, first_seen_at, last_seen_at, run_id
        )
        SELECT
            id, source, story_id, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
            edition_date, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
            content_hash, revision, first_seen_at, last_seen_at, run_id
        FROM moved
        ON CONFLICT (source, story_id) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM arrived
$$;

COMMENT ON FUNCTION news.move_to_editorials(text, text[]) IS
'Moves stories of a newspaper from articles to editorials, keeping number, revision and times. Returns how many.';

REVOKE EXECUTE ON FUNCTION news.move_to_editorials(text, text[]) FROM public;
GRANT EXECUTE ON FUNCTION news.move_to_editorials(text, text[]) TO akhbar_writer;
