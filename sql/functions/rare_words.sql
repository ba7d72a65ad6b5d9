-- A share is that among stories in the same language: language:ur is a word of each story in Urdu.
CREATE OR REPLACE FUNCTION news.rare_words(search tsvector, most integer)
RETURNS text[]
LANGUAGE sql
STABLE
SET search_path = pg_catalog, news, pg_temp
AS $$
    WITH own_language AS (
        SELECT max(f.share) AS share
        FROM frequent_words() AS f
        WHERE f.word LIKE 'language:%' AND f.word = ANY(tsvector_to_array(search))
    )

    SELECT array(
        SELECT words.word
        FROM unnest(tsvector_to_array(ts_filter(search, '{a,b}'))) AS words (word)
        LEFT JOIN frequent_words() AS frequent ON words.word = frequent.word
        CROSS JOIN LATERAL (
            SELECT coalesce(frequent.share / coalesce((SELECT own_language.share FROM own_language), 1), 0) AS share
        ) AS relative
        WHERE length(words.word) > 2 AND relative.share < 0.2
        ORDER BY relative.share, words.word
        LIMIT most
    )
$$;

COMMENT ON FUNCTION news.rare_words(tsvector, integer) IS
'The stems of a story''s headline and excerpt that the fewest stories in its language contain, by which related '
'stories are found.';
