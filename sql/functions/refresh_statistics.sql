-- With the owner's rights: the writer owns no table.
CREATE OR REPLACE FUNCTION news.refresh_statistics(relation regclass)
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    CASE (SELECT relkind FROM pg_class WHERE oid = relation AND relnamespace = 'news'::regnamespace)
        WHEN 'r' THEN EXECUTE format('ANALYZE %s', relation);
        WHEN 'm' THEN EXECUTE format('REFRESH MATERIALIZED VIEW %s', relation);
        ELSE RAISE insufficient_privilege USING
            MESSAGE = format('%s is neither a table nor a materialized view of the schema news', relation);
    END CASE;
END
$$;

COMMENT ON FUNCTION news.refresh_statistics(regclass) IS
'Refreshes a table''s statistics, or a materialized view; for the writer: SELECT refresh_statistics(''articles'').';

REVOKE EXECUTE ON FUNCTION news.refresh_statistics(regclass) FROM public;
GRANT EXECUTE ON FUNCTION news.refresh_statistics(regclass) TO akhbar_writer;
