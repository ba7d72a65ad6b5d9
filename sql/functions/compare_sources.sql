CREATE OR REPLACE FUNCTION news.compare_sources(
    query text,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    language text DEFAULT NULL
)
RETURNS TABLE (
    source text,
    is_first boolean,
    first_day date,
    first_published_at timestamptz,
    first_story_id text,
    first_title text,
    stories bigint, of_stories bigint, percent numeric, editorials bigint
)
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    wanted CONSTANT tsquery := story_query(query, compare_sources.language);
BEGIN
    PERFORM check_filters(from_date, to_date, compare_sources.kind);
    RETURN QUERY
    WITH matching AS (
        SELECT m.source, min(m.day) AS day, sum(m.stories)::bigint AS stories,
            coalesce(sum(m.stories) FILTER (WHERE m.kind = 'editorial'), 0)::bigint AS editorials
        FROM daily_matches(
            wanted, from_date, to_date, compare_sources.kind, NULL, NULL
        ) AS m
        WHERE m.stories > 0
        GROUP BY m.source
    ),

    stored AS (
        SELECT d.source, sum(d.stories)::bigint AS stories
        FROM daily_stories(
            from_date, to_date, compare_sources.kind, NULL, NULL, compare_sources.language
        ) AS d
        GROUP BY d.source
    ),

    compared AS (
        SELECT stored.source, matching.day, first.published_at, first.story_id, first.title, first.reported_at,
            coalesce(matching.stories, 0) AS stories, stored.stories AS of_stories,
            coalesce(matching.editorials, 0) AS editorials
        FROM stored
        LEFT JOIN matching ON stored.source = matching.source
        LEFT JOIN LATERAL (
            SELECT s.published_at, s.story_id, s.title,
                coalesce(s.published_at, start_of_day(s.source, s.day)) AS reported_at
            FROM stories AS s
            WHERE
                s.source = matching.source
                AND s.day = matching.day
                AND s.search @@ wanted
                AND (compare_sources.kind IS NULL OR s.kind = compare_sources.kind)
            ORDER BY s.published_at, s.id
            LIMIT 1
        ) AS first ON true
    )

    SELECT c.source, c.story_id IS NOT NULL AND c.reported_at = min(c.reported_at) OVER (),
        c.day, c.published_at, c.story_id, c.title, c.stories, c.of_stories,
        round(100.0 * c.stories / c.of_stories, 4), c.editorials
    FROM compared AS c
    ORDER BY c.reported_at NULLS LAST, c.source;
END
$$;

COMMENT ON FUNCTION news.compare_sources(text, date, date, text, text) IS
'How newspapers covered a subject, one row each, the first to report it first: its first story, the stories that match '
'and the share of all its stories in percent, and the editorials among them: '
'SELECT * FROM compare_sources(''circular debt''). Newspapers that show no time of publication count from the start of '
'the day.';
