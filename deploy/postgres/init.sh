#!/bin/bash
# Run once by the postgres image, on an empty volume: two databases with owners of their own, and the roles of the
# pipeline. The superuser is used for nothing else.
set -euo pipefail

# Passwords come from the environment by \getenv and not as arguments, which every process list shows.
psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres << 'SQL'
\getenv airflow AIRFLOW_DB_PASSWORD
\getenv owner NEWS_OWNER_PASSWORD
\getenv writer NEWS_WRITER_PASSWORD
\getenv reader NEWS_READER_PASSWORD
\getenv monitor NEWS_MONITOR_PASSWORD
-- An administrator who is no superuser, as on a managed Postgres, may otherwise make nothing for a role it made.
SET createrole_self_grant TO 'set, inherit';
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE DATABASE airflow OWNER airflow;
CREATE ROLE news_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE DATABASE news OWNER news_owner;
REVOKE CONNECT ON DATABASE airflow, news FROM public;
RESET createrole_self_grant;
SET ROLE news_owner;
CREATE ROLE akhbar_writer LOGIN PASSWORD :'writer';
CREATE ROLE akhbar_reader LOGIN PASSWORD :'reader';
CREATE ROLE akhbar_monitor LOGIN PASSWORD :'monitor';
RESET ROLE;

-- What only a superuser can take from everyone; the migration "rights" tells why.
\connect news
DO $$
DECLARE
    builtin regprocedure;
BEGIN
    FOR builtin IN
        SELECT oid::regprocedure
        FROM pg_proc
        WHERE
            pronamespace = 'pg_catalog'::regnamespace
            AND (proname ~ '^pg_(try_)?advisory_' OR proname IN ('lo_creat', 'lo_create', 'lo_from_bytea'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM public', builtin);
        IF builtin::text LIKE 'pg_%' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO akhbar_writer, news_owner', builtin);
        END IF;
    END LOOP;
END
$$;
SQL
