-- Whole pages of the tables, the same until stories change. With the owner's rights, because a view has no pages.
CREATE OR REPLACE FUNCTION news.story_sample(stories integer, of_language text)
RETURNS SETOF tsvector
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, news, pg_temp
AS $$
    WITH size AS (
        SELECT least(100, 100.0 * $1 / greatest(sum(c.reltuples), 1)) AS percent
        FROM pg_class AS c
        WHERE c.oid IN ('articles'::regclass, 'editorials'::regclass)
    )

    SELECT a.search
    FROM articles AS a TABLESAMPLE SYSTEM ((SELECT size.percent FROM size)) REPEATABLE (1)
    WHERE of_language IS NULL OR a.language = of_language
    UNION ALL
    SELECT e.search
    FROM editorials AS e TABLESAMPLE SYSTEM ((SELECT size.percent FROM size)) REPEATABLE (1)
    WHERE of_language IS NULL OR e.language = of_language
$$;

COMMENT ON FUNCTION news.story_sample(integer, text) IS
'The words of about so many stories from all years, in one language or in all, if it is null.';

REVOKE EXECUTE ON FUNCTION news.story_sample(integer, text) FROM public;
GRANT EXECUTE ON FUNCTION news.story_sample(integer, text) TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;
