#!/bin/bash
# The postgres image runs this once, on an empty volume. It creates two databases, each with its own owner, and the
# pipeline's roles. The superuser is not used for anything else.
set -euo pipefail

# Passwords are read from the environment with \getenv, because arguments appear in every process list.
psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres << 'SQL'
\getenv airflow AIRFLOW_DB_PASSWORD
\getenv owner NEWS_OWNER_PASSWORD
\getenv writer NEWS_WRITER_PASSWORD
\getenv reader NEWS_READER_PASSWORD
\getenv monitor NEWS_MONITOR_PASSWORD
\getenv analyst NEWS_ANALYST_PASSWORD
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE ROLE news_owner LOGIN CREATEROLE PASSWORD :'owner';
-- Without this, an administrator without superuser rights, as on a managed Postgres, cannot create objects for the
-- roles it creates.
GRANT airflow, news_owner TO CURRENT_USER;
CREATE DATABASE airflow OWNER airflow;
CREATE DATABASE news OWNER news_owner;
REVOKE CONNECT ON DATABASE airflow, news FROM public;
SET ROLE news_owner;
CREATE ROLE akhbar_writer LOGIN PASSWORD :'writer';
CREATE ROLE akhbar_reader LOGIN PASSWORD :'reader';
CREATE ROLE akhbar_monitor LOGIN PASSWORD :'monitor';
CREATE ROLE akhbar_analyst LOGIN PASSWORD :'analyst';
RESET ROLE;

-- Only a superuser can revoke these privileges from PUBLIC; the migration "rights" explains why they are revoked.
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
