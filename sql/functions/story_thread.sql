-- A story belongs to the affair if it shares three of its rare words, or two if there are no more than four.
CREATE OR REPLACE FUNCTION news.story_thread(
    source text, story_id text, within_days integer DEFAULT 180, max_rows integer DEFAULT 50
)
RETURNS SETOF news.thread_story
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    one stories%ROWTYPE;
    words text [];
    wanted tsquery;
BEGIN
    PERFORM check_filters(max_rows => max_rows, most_rows => 1000);
    PERFORM check_days('within_days', within_days, 0, 36500);
    SELECT s.* INTO one
    FROM stories AS s
    WHERE s.source = story_thread.source AND s.story_id = story_thread.story_id;
    words := rare_words(one.search, 10);
    wanted := any_two_of(words);
    RETURN QUERY
    WITH thread AS (
        SELECT s.day, s.published_at, s.kind, s.source, s.story_id, s.title, s.url, s.id = one.id AS is_this,
            (
                SELECT count(*) FROM unnest(words) AS rare (word) WHERE s.search @@ quote_literal(rare.word)::tsquery
            )::integer AS shared
        FROM stories AS s
        WHERE
            s.search @@ wanted
            AND month_number(s.day) = ANY(array(
                SELECT m
                FROM generate_series(month_number(one.day - within_days), month_number(one.day + within_days)) AS m
            ))
            AND s.day BETWEEN one.day - within_days AND one.day + within_days
    ),

    closest AS (
        SELECT thread.*
        FROM thread
        WHERE thread.is_this OR thread.shared >= CASE WHEN cardinality(words) > 4 THEN 3 ELSE 2 END
        ORDER BY thread.is_this DESC, thread.shared DESC, abs(thread.day - one.day)
        LIMIT max_rows
    )

    SELECT
        CASE
            WHEN found.is_this THEN 'this'
            WHEN (found.day, coalesce(found.published_at, '-infinity'))
                < (one.day, coalesce(one.published_at, '-infinity')) THEN 'earlier'
            ELSE 'later'
        END,
        found.day, found.published_at, found.kind, found.source, found.story_id, found.title, found.url, found.shared
    FROM closest AS found
    ORDER BY found.day, found.published_at NULLS FIRST, found.story_id;
END
$$;

COMMENT ON FUNCTION news.story_thread(text, text, integer, integer) IS
'The thread of a story, oldest first: earlier and later stories on the same affair, in all newspapers, and the story '
'itself: SELECT * FROM story_thread(''dawn'', ''1234501''). Stories belong to it if they share three of the ten rarest '
'words of its headline and excerpt, or two if it has no more than four.';
