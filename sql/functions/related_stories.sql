-- Stories are related if they share at least two of the rarest words of the headline and excerpt. Word frequencies come
-- from the column's statistics.
CREATE OR REPLACE FUNCTION news.related_stories(
    source text, story_id text, within_days integer DEFAULT 90, max_rows integer DEFAULT 10
)
RETURNS SETOF news.similar_story
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    one stories%ROWTYPE;
    wanted tsquery;
BEGIN
    SELECT s.* INTO one
    FROM stories AS s
    WHERE s.source = related_stories.source AND s.story_id = related_stories.story_id;
    WITH frequent AS (
        SELECT elements.word, elements.share
        FROM pg_stats AS p
        CROSS JOIN LATERAL unnest(p.most_common_elems::text::text [], p.most_common_elem_freqs)
            AS elements (word, share)
        WHERE p.schemaname = 'news' AND p.tablename = 'articles' AND p.attname = 'search'
    ),

    rarest AS (
        SELECT words.word
        FROM unnest(tsvector_to_array(ts_filter(one.search, '{a,b}'))) AS words (word)
        LEFT JOIN frequent ON words.word = frequent.word
        WHERE length(words.word) > 2 AND coalesce(frequent.share, 0) < 0.2
        ORDER BY coalesce(frequent.share, 0), words.word
        LIMIT 8
    )

    SELECT string_agg(format('(%s & %s)', plainto_tsquery('simple', a.word), plainto_tsquery('simple', b.word)), ' | ')
    INTO wanted
    FROM rarest AS a
    INNER JOIN rarest AS b ON a.word < b.word;
    RETURN QUERY
    SELECT s.kind, s.source, s.story_id, s.url, s.title, s.section, s.day, s.published_at,
        ts_rank('{0.05, 0.2, 0.4, 1.0}', s.search, wanted, 32)
    FROM stories AS s
    WHERE
        s.search @@ wanted
        AND month_number(s.day) = ANY(array(
            SELECT m
            FROM generate_series(month_number(one.day - within_days), month_number(one.day + within_days)) AS m
        ))
        AND s.day BETWEEN one.day - within_days AND one.day + within_days
        AND s.id <> one.id
    ORDER BY 9 DESC, s.day DESC NULLS LAST, s.published_at DESC NULLS LAST
    LIMIT max_rows;
END
$$;

COMMENT ON FUNCTION news.related_stories(text, text, integer, integer) IS
'Stories on the same subject, up to within_days days before or after this one: '
'SELECT * FROM related_stories(''dawn'', ''1234501'').';
