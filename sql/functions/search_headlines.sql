-- Loads pg_trgm: only a superuser may set a parameter of an extension that is not loaded.
SELECT public.show_limit();

CREATE OR REPLACE FUNCTION news.search_headlines(words text, max_rows integer DEFAULT 20)
RETURNS SETOF news.similar_story
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET "pg_trgm.word_similarity_threshold" = 0.45
AS $$
    SELECT kind, source, story_id, url, title, section, day, published_at, word_similarity(left(words, 200), title)
    FROM stories
    WHERE left(words, 200) <% title
    ORDER BY 9 DESC, day DESC NULLS LAST, published_at DESC NULLS LAST
    LIMIT max_rows
$$;

COMMENT ON FUNCTION news.search_headlines(text, integer) IS
'Headlines similar to the given words, tolerating typos: SELECT * FROM search_headlines(''eletricity tarif'').';
