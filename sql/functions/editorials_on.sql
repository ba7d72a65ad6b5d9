CREATE OR REPLACE FUNCTION news.editorials_on(
    query text,
    days_before integer DEFAULT 3,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    source text DEFAULT NULL,
    max_rows integer DEFAULT 20,
    language text DEFAULT NULL
)
RETURNS TABLE (
    day date, editorial_source text, editorial_id text, editorial text, news_day date, news_source text, news_id text,
    news text, similarity real
)
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    wanted CONSTANT tsquery := story_query(query, editorials_on.language);
BEGIN
    PERFORM check_filters(
        from_date, to_date, NULL, editorials_on.source, max_rows, 100, 'Narrow the dates to see older editorials.'
    );
    PERFORM check_days('days_before', days_before, 0, 60);
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT e.*, any_two_of(rare_words(e.search, 8)) AS subject
        FROM (
            SELECT every.*
            FROM stories AS every
            WHERE
                every.kind = 'editorial'
                AND every.search @@ wanted
                AND (editorials_on.source IS NULL OR every.source = editorials_on.source)
                AND (from_date IS NULL OR every.day >= from_date)
                AND (to_date IS NULL OR every.day <= to_date)
            ORDER BY every.day DESC NULLS LAST, every.id DESC
            LIMIT max_rows
        ) AS e
    )

    SELECT found.day, found.source, found.story_id, found.title,
        reported.day, reported.source, reported.story_id, reported.title, reported.similarity
    FROM found
    LEFT JOIN LATERAL (
        SELECT a.day, a.source, a.story_id, a.title,
            ts_rank('{0.05, 0.2, 0.4, 1.0}', a.search, found.subject, 32) AS similarity
        FROM stories AS a
        WHERE
            a.kind = 'article'
            AND a.search @@ found.subject
            AND month_number(a.day) = ANY(array(
                SELECT m FROM generate_series(month_number(found.day - days_before), month_number(found.day)) AS m
            ))
            AND a.day BETWEEN found.day - days_before AND found.day
        ORDER BY similarity DESC, a.day DESC, a.id DESC
        LIMIT 3
    ) AS reported ON true
    ORDER BY found.day DESC NULLS LAST, found.id DESC, reported.similarity DESC;
END
$$;

COMMENT ON FUNCTION news.editorials_on(text, integer, date, date, text, integer, text) IS
'Editorials on a subject, newest first, each beside the three articles of the same and the days_before days before '
'that '
'are most like it, in all newspapers: SELECT * FROM editorials_on(''circular debt''). An editorial without such '
'articles '
'has one row.';
