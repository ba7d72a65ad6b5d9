-- Unused privileges are revoked: from everyone (the role public), and from the writer those that merging does not use.
-- depends: 0008.looking_again

-- A warning in place of an error where the owner of the tables does not own the database or its schema public.
DO $$
BEGIN
    -- databases from before Postgres 15 let everyone make objects in public, where search paths find them
    REVOKE CREATE ON SCHEMA public FROM public;
    EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM public', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO akhbar_writer', current_database()); -- loading stages there
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'rights of everyone in this database were not taken away: %', sqlerrm;
END
$$;

-- Anyone who can connect may take an advisory lock and make large objects. The first would hold up crawls and loads,
-- whose turns are such locks; the second would fill the disk. Only a superuser can take these rights away.
DO $$
DECLARE
    builtin regprocedure;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE NOTICE 'advisory locks and large objects stay open to every role: see docs/security.md';
        RETURN;
    END IF;
    FOR builtin IN
        SELECT oid::regprocedure
        FROM pg_proc
        WHERE
            pronamespace = 'pg_catalog'::regnamespace
            AND (proname ~ '^pg_(try_)?advisory_' OR proname IN ('lo_creat', 'lo_create', 'lo_from_bytea'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM public', builtin);
        IF builtin::text LIKE 'pg_%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO akhbar_writer', builtin);
        END IF;
    END LOOP;
END
$$;

-- A forgotten session of someone who only reads must not hold up a migration, nor use up the connections.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['akhbar_reader', 'akhbar_monitor', 'akhbar_bi']
    LOOP
        EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 30', role_name);
        EXECUTE format(
            'ALTER ROLE %I IN DATABASE %I SET idle_in_transaction_session_timeout TO ''10min''',
            role_name, current_database()
        );
        EXECUTE format(
            'ALTER ROLE %I IN DATABASE %I SET default_transaction_read_only TO on', role_name, current_database()
        );
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'limits of the roles that read were not set: %', sqlerrm;
END
$$;

-- Which story a row is, and when it was first seen, never changes.
REVOKE UPDATE ON news.articles, news.editorials FROM akhbar_writer;
GRANT UPDATE (
    url, title, excerpt, body, authors, section, dateline, published_at, updated_at, edition_date, image_url,
    image_caption, tags, language, extracted_by, completeness, word_count, content_hash, copy_keys, revision,
    last_seen_at, run_id
) ON news.articles, news.editorials TO akhbar_writer;

CREATE FUNCTION news.keep_words()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.revision <= OLD.revision OR NOT EXISTS (
        SELECT FROM news.revisions AS kept
        WHERE
            kept.source = OLD.source
            AND kept.story_id = OLD.story_id
            AND kept.revision = OLD.revision
            AND kept.title = OLD.title
            AND kept.body IS NOT DISTINCT FROM OLD.body
    ) THEN
        RAISE restrict_violation USING
            MESSAGE = format('the words of %s %s, revision %s, would be lost', OLD.source, OLD.story_id, OLD.revision),
            HINT = 'Put them into news.revisions first, and raise the revision.';
    END IF;
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION news.keep_words() IS
'Refuses to replace the title or the text of a story that was read unless revisions holds what they said.';

CREATE TRIGGER keep_words BEFORE UPDATE ON news.articles
FOR EACH ROW WHEN (
    old.completeness = 'full'
    AND (old.title <> new.title OR old.body IS DISTINCT FROM new.body OR new.completeness <> 'full')
)
EXECUTE FUNCTION news.keep_words();
CREATE TRIGGER keep_words BEFORE UPDATE ON news.editorials
FOR EACH ROW WHEN (
    old.completeness = 'full'
    AND (old.title <> new.title OR old.body IS DISTINCT FROM new.body OR new.completeness <> 'full')
)
EXECUTE FUNCTION news.keep_words();
