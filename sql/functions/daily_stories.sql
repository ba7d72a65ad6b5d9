-- With the owner's rights, because the index by day answers only if the tables are read directly.
CREATE OR REPLACE FUNCTION news.daily_stories(
    from_date date, to_date date, of_kind text, of_source text, of_section text, of_language text
)
RETURNS TABLE (source text, day date, kind text, stories bigint)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, news, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    IF of_language IS NOT NULL THEN -- the index by day does not contain languages, but the index of words does
        RETURN QUERY
        SELECT *
        FROM daily_matches(
            language_lexeme(of_language)::tsquery, from_date, to_date, of_kind, of_source, of_section
        );
        RETURN;
    END IF;
    RETURN QUERY
    SELECT a.source, a.day, 'article', count(*)
    FROM articles AS a
    WHERE
        (of_kind IS NULL OR of_kind = 'article')
        AND (of_source IS NULL OR a.source = of_source)
        AND (of_section IS NULL OR a.section = of_section)
        AND (from_date IS NULL OR a.day >= from_date)
        AND (to_date IS NULL OR a.day <= to_date)
    GROUP BY 1, 2
    UNION ALL
    SELECT e.source, e.day, 'editorial', count(*)
    FROM editorials AS e
    WHERE
        (of_kind IS NULL OR of_kind = 'editorial')
        AND (of_source IS NULL OR e.source = of_source)
        AND (of_section IS NULL OR e.section = of_section)
        AND (from_date IS NULL OR e.day >= from_date)
        AND (to_date IS NULL OR e.day <= to_date)
    GROUP BY 1, 2;
END
$$;

COMMENT ON FUNCTION news.daily_stories(date, date, text, text, text, text) IS
'How many stories are stored, by newspaper, day and kind. Filters may be null.';

REVOKE EXECUTE ON FUNCTION news.daily_stories(date, date, text, text, text, text) FROM public;
GRANT EXECUTE ON FUNCTION news.daily_stories(date, date, text, text, text, text) TO akhbar_writer,
akhbar_reader,
akhbar_bi,
akhbar_monitor;
