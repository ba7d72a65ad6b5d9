-- The writer refreshes statistics through the function refresh_statistics, on every version of Postgres. The right
-- MAINTAIN, which Postgres 15 and 16 lack, also allowed it to lock, cluster and reindex the tables.
-- depends: 0018.page_problems

DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA news REVOKE MAINTAIN ON TABLES FROM akhbar_writer';
        EXECUTE 'REVOKE MAINTAIN ON ALL TABLES IN SCHEMA news FROM akhbar_writer';
    END IF;
END
$$;
