CREATE OR REPLACE FUNCTION news.related_stories(
    source text, story_id text, within_days integer DEFAULT 90, max_rows integer DEFAULT 10
)
RETURNS SETOF news.similar_story
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    one stories%ROWTYPE;
    wanted tsquery;
BEGIN
    PERFORM check_filters(max_rows => max_rows, most_rows => 1000);
    PERFORM check_days('within_days', within_days, 0, 36500);
    SELECT s.* INTO one
    FROM stories AS s
    WHERE s.source = related_stories.source AND s.story_id = related_stories.story_id;
    wanted := any_two_of(rare_words(one.search, 8));
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
'SELECT * FROM related_stories(''dawn'', ''1234501''). They share at least two of the rarest words of its headline and '
'excerpt.';
