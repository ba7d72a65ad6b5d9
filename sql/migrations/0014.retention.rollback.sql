DO $$
BEGIN
    EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA news REVOKE MAINTAIN ON TABLES FROM akhbar_writer';
    EXECUTE 'REVOKE MAINTAIN ON ALL TABLES IN SCHEMA news FROM akhbar_writer';
END
$$;
REVOKE UPDATE (warc_offset, warc_length) ON news.pages FROM akhbar_writer;
ALTER TABLE news.runs DROP COLUMN pages_pruned_at, DROP COLUMN pages_pruned_bytes;
