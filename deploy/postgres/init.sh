#!/bin/bash
# Run once by the postgres image, on an empty volume: two databases with owners of their own, and the roles of the
# pipeline. The superuser is used for nothing else.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres \
    --set airflow="$AIRFLOW_DB_PASSWORD" --set owner="$NEWS_OWNER_PASSWORD" --set writer="$NEWS_WRITER_PASSWORD" \
    --set reader="$NEWS_READER_PASSWORD" --set monitor="$NEWS_MONITOR_PASSWORD" << 'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'airflow';
CREATE DATABASE airflow OWNER airflow;
CREATE ROLE news_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE DATABASE news OWNER news_owner;
REVOKE CONNECT ON DATABASE airflow, news FROM public;
SET ROLE news_owner;
CREATE ROLE akhbar_writer LOGIN PASSWORD :'writer';
CREATE ROLE akhbar_reader LOGIN PASSWORD :'reader';
CREATE ROLE akhbar_monitor LOGIN PASSWORD :'monitor';
SQL
