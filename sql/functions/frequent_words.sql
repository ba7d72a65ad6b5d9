-- With the owner's rights: pg_stats shows each role only the tables that it may read, and roles must get the same
-- answer.
CREATE OR REPLACE FUNCTION news.frequent_words()
RETURNS TABLE (word text, share real)
LANGUAGE sql
STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT elements.word, elements.share
    FROM pg_stats AS p
    CROSS JOIN LATERAL unnest(p.most_common_elems::text::text [], p.most_common_elem_freqs) AS elements (word, share)
    WHERE p.schemaname = 'news' AND p.tablename = 'articles' AND p.attname = 'search'
$$;

COMMENT ON FUNCTION news.frequent_words() IS
'Stems that many articles contain, and the share of articles that contain each, from 0 to 1, according to the '
'statistics of the last ANALYZE.';

REVOKE EXECUTE ON FUNCTION news.frequent_words() FROM public;
GRANT EXECUTE ON FUNCTION news.frequent_words() TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;
