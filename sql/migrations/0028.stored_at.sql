-- When each story was last stored, for copies that keep up with the tables, and the role for those who build on them.
-- Takes a moment on tables of any size: the stories that are there get the time of this migration as a default that
-- is kept in the catalog, so no row is rewritten. The next migration builds the indexes and then the triggers.
-- depends: 0025.search_rebuilt

ALTER TABLE news.articles ADD COLUMN stored_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE news.editorials ADD COLUMN stored_at timestamptz NOT NULL DEFAULT now();

COMMENT ON COLUMN news.articles.stored_at IS
'When the row was inserted, changed or moved here, by this server''s clock; last_seen_at and read_at alone do not '
'change it. Stories from before this column existed have the time of the upgrade. Read with changed_since().';
COMMENT ON COLUMN news.editorials.stored_at IS
'When the row was inserted, changed or moved here, by this server''s clock; last_seen_at and read_at alone do not '
'change it. Stories from before this column existed have the time of the upgrade. Read with changed_since().';

-- pg_dump reads the sequences of the tables that it dumps.
GRANT SELECT ON SEQUENCE news.story_ids, news.runs_id_seq, news.revisions_id_seq TO akhbar_reader;

CREATE FUNCTION news.transaction_stamp()
RETURNS timestamptz
LANGUAGE sql
STABLE
RETURN nullif(current_setting('akhbar.stored_at', true), '')::timestamptz;

COMMENT ON FUNCTION news.transaction_stamp() IS
'The stored_at of the stories that this transaction stores; null until it has inserted or updated some.';

-- A transaction that stamps its rows and commits later than one with a newer stamp would be missed by whoever has
-- copied that one. So each holds a shared lock whose key is a second no later than its stamp: stored_until() reads the
-- locks, and returns a time before the oldest. The lock comes before the stamp. The stamp is later than every stamp
-- that is visible then, even if the clock was set back.
CREATE FUNCTION news.stamp_transaction()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    second CONSTANT integer := floor(extract(EPOCH FROM clock_timestamp() - timestamptz '2000-01-01 00:00+00'));
    newest timestamptz;
BEGIN
    IF news.transaction_stamp() IS NULL THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('akhbar.store'), second);
        newest := greatest(
            (SELECT max(articles.stored_at) FROM news.articles),
            (SELECT max(editorials.stored_at) FROM news.editorials)
        );
        PERFORM set_config(
            'akhbar.stored_at',
            to_char(
                greatest(clock_timestamp(), newest + interval '1 microsecond') AT TIME ZONE 'UTC',
                'YYYY-MM-DD HH24:MI:SS.US+00'
            ),
            true
        );
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION news.stamp_transaction() IS
'Trigger function: before a transaction first stores stories, chooses their stored_at and takes the lock that '
'stored_until() looks for.';

CREATE FUNCTION news.set_stored_at()
RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.stored_at := news.transaction_stamp();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION news.set_stored_at() IS 'Trigger function: sets stored_at of an inserted or changed story.';

REVOKE EXECUTE ON FUNCTION news.stamp_transaction() FROM public;

-- For dbt, notebooks and everyone who makes tables of their own beside the stories. Not read-only, and longer queries
-- than the reader's.
DO $$
DECLARE
    setting record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'akhbar_analyst') THEN
        BEGIN
            CREATE ROLE akhbar_analyst LOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    GRANT akhbar_reader TO akhbar_analyst;
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO akhbar_analyst', current_database());
    CREATE SCHEMA IF NOT EXISTS analytics;
    COMMENT ON SCHEMA analytics IS 'Tables and views that analysts make from the stories in schema news.';
    GRANT USAGE, CREATE ON SCHEMA analytics TO akhbar_analyst;
    GRANT USAGE ON SCHEMA analytics TO akhbar_reader, akhbar_bi; -- the analyst grants each table
    ALTER ROLE akhbar_analyst CONNECTION LIMIT 20;
    FOR setting IN
        SELECT *
        FROM (
            VALUES
            ('search_path', 'analytics, news, public'),
            ('statement_timeout', '''10min'''),
            ('idle_in_transaction_session_timeout', '''10min'''),
            ('idle_session_timeout', '''8h'''),
            ('work_mem', '''64MB''')
        ) AS limits (name, value)
    LOOP
        EXECUTE format(
            'ALTER ROLE akhbar_analyst IN DATABASE %I SET %I TO %s', current_database(), setting.name, setting.value
        );
    END LOOP;
    BEGIN
        EXECUTE format('ALTER ROLE akhbar_analyst IN DATABASE %I SET temp_file_limit TO ''10GB''', current_database());
    EXCEPTION
        WHEN insufficient_privilege THEN
            RAISE NOTICE 'only a superuser can limit the temporary files of akhbar_analyst';
    END;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the role akhbar_analyst was not set up: %', sqlerrm;
END
$$;
