CREATE OR REPLACE FUNCTION news.daily_matches(
    wanted tsquery, from_date date, to_date date, of_kind text, of_source text, of_section text
)
RETURNS TABLE (source text, day date, kind text, stories bigint)
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off -- the planner does not know what it costs to read a story's words
SET jit = off
AS $$
BEGIN
    RETURN QUERY
    SELECT s.source, s.day, s.kind, count(*)
    FROM stories AS s
    WHERE
        s.search @@ wanted
        AND (of_kind IS NULL OR s.kind = of_kind)
        AND (of_source IS NULL OR s.source = of_source)
        AND (of_section IS NULL OR s.section = of_section)
        AND (from_date IS NULL OR s.day >= from_date)
        AND (to_date IS NULL OR s.day <= to_date)
        AND (
            to_date - from_date > 400 OR to_date - from_date IS NULL
            OR month_number(s.day) = ANY(array(SELECT generate_series(month_number(from_date), month_number(to_date))))
        )
    GROUP BY 1, 2, 3;
END
$$;

COMMENT ON FUNCTION news.daily_matches(tsquery, date, date, text, text, text) IS
'How many stories match a search, by newspaper, day and kind; days without matches have no rows. '
'Filters may be null.';
