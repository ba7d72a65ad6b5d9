-- Loads pg_trgm: only a superuser may set a parameter of an extension that is not loaded.
SELECT public.show_limit();

CREATE OR REPLACE FUNCTION news.search_headlines(words text, max_rows integer DEFAULT 20)
RETURNS SETOF news.similar_story
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET "pg_trgm.word_similarity_threshold" = 0.45
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    PERFORM check_filters(max_rows => search_headlines.max_rows, most_rows => 1000);
    RETURN QUERY
    SELECT s.kind, s.source, s.story_id, s.url, s.title, s.section, s.day, s.published_at,
        word_similarity(left(words, 200), s.title)
    FROM stories AS s
    WHERE left(words, 200) <% s.title
    ORDER BY 9 DESC, s.day DESC NULLS LAST, s.published_at DESC NULLS LAST
    LIMIT search_headlines.max_rows;
END
$$;

COMMENT ON FUNCTION news.search_headlines(text, integer) IS
'Headlines similar to the given words, tolerating typos: SELECT * FROM search_headlines(''eletricity tarif'').';
