-- Asked first, since it loads the extension: of one that is not loaded only a superuser may set a parameter.
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
    ORDER BY 9 DESC, published_at DESC NULLS LAST
    LIMIT max_rows
$$;

COMMENT ON FUNCTION news.search_headlines(text, integer) IS
'Headlines that look like these words, typing mistakes and all: SELECT * FROM search_headlines(''eletricity tarif'').';
