-- Whole pages of the tables, the same until stories change. With the owner's rights, because a view has no pages.
CREATE OR REPLACE FUNCTION news.story_sample(stories integer, of_languages text[])
RETURNS SETOF tsvector
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, news, pg_temp
AS $$
    WITH size AS (
        SELECT least(100, 100.0 * $1 / greatest(sum(c.reltuples), 1) / greatest(least(shares.share, 1), 0.01)) AS percent
        FROM pg_class AS c
        CROSS JOIN (
            SELECT sum(f.share) AS share
            FROM frequent_words() AS f
            WHERE f.word IN (SELECT btrim(language_lexeme(wanted.language), '''') FROM unnest(of_languages) AS wanted (language))
        ) AS shares
        WHERE c.oid IN ('articles'::regclass, 'editorials'::regclass)
        GROUP BY shares.share
    )

    SELECT a.search
    FROM articles AS a TABLESAMPLE SYSTEM ((SELECT size.percent FROM size)) REPEATABLE (1)
    WHERE a.language = ANY(of_languages)
    UNION ALL
    SELECT e.search
    FROM editorials AS e TABLESAMPLE SYSTEM ((SELECT size.percent FROM size)) REPEATABLE (1)
    WHERE e.language = ANY(of_languages)
$$;

COMMENT ON FUNCTION news.story_sample(integer, text[]) IS
'The words of about so many stories from all years, in these languages.';

REVOKE EXECUTE ON FUNCTION news.story_sample(integer, text[]) FROM public;
GRANT EXECUTE ON FUNCTION news.story_sample(integer, text[]) TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;
