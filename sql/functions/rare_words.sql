CREATE OR REPLACE FUNCTION news.rare_words(search tsvector, most integer)
RETURNS text[]
LANGUAGE sql
STABLE
SET search_path = pg_catalog, news, pg_temp
AS $$
    SELECT array(
        SELECT words.word
        FROM unnest(tsvector_to_array(ts_filter(search, '{a,b}'))) AS words (word)
        LEFT JOIN frequent_words() AS frequent ON words.word = frequent.word
        WHERE length(words.word) > 2 AND coalesce(frequent.share, 0) < 0.2
        ORDER BY coalesce(frequent.share, 0), words.word
        LIMIT most
    )
$$;

COMMENT ON FUNCTION news.rare_words(tsvector, integer) IS
'The stems of a story''s headline and excerpt that the fewest stories contain, by which related stories are found.';
