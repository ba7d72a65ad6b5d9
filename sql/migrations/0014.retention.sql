-- Page archives may be removed when they are old, and what was removed is told. Upkeep without being the owner.
-- depends: 0013.replay

ALTER TABLE news.runs ADD COLUMN pages_pruned_at timestamptz, ADD COLUMN pages_pruned_bytes bigint;

COMMENT ON COLUMN news.runs.pages_pruned_at IS
'When akhbar prune removed its page archive, pages.warc.gz; none while that is there. Its stories stay.';
COMMENT ON COLUMN news.runs.pages_pruned_bytes IS 'Bytes that this freed.';
COMMENT ON COLUMN news.pages.warc_offset IS
'Where its record begins in the pages.warc.gz of the run''s batch, in bytes; none once that was pruned.';
COMMENT ON COLUMN news.pages.warc_length IS 'Length of its record there, in bytes; none once that was pruned.';

GRANT UPDATE (warc_offset, warc_length) ON news.pages TO akhbar_writer;

-- ANALYZE and REFRESH MATERIALIZED VIEW are the owner's without this right. Postgres 15 and 16 do not have it; on every
-- version, 0019 replaces it by a function.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        EXECUTE 'GRANT MAINTAIN ON ALL TABLES IN SCHEMA news TO akhbar_writer';
        EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA news GRANT MAINTAIN ON TABLES TO akhbar_writer';
    END IF;
END
$$;
