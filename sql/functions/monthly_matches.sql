-- One frequent word is looked up in word_counts, for whole months that have not changed since; other months are counted
-- from the stories. The other words of the query are rare, such as the same word in another language, so the stories
-- that contain one of them but not the frequent word are few.
CREATE OR REPLACE FUNCTION news.monthly_matches(
    wanted tsquery, from_date date, to_date date, of_kind text, of_source text
)
RETURNS TABLE (month date, stories bigint)
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off -- the planner does not know what it costs to read a story's words
SET jit = off
AS $$
DECLARE
    words text [];
    frequent text [];
    looked_up integer [];
    others integer [];
    rest tsquery;
BEGIN
    IF wanted::text ~ '^''[^'']+''( \| ''[^'']+'')*$' THEN
        words := array(SELECT hit[1] FROM regexp_matches(wanted::text, '''([^'']+)''', 'g') AS hits (hit));
        frequent := array(SELECT known.word FROM counted_words AS known WHERE known.word = ANY(words));
    END IF;
    IF frequent IS NULL OR cardinality(frequent) <> 1 THEN
        RETURN QUERY
        SELECT date_trunc('month', d.day::timestamp)::date, sum(d.stories)::bigint
        FROM daily_matches(wanted, from_date, to_date, of_kind, of_source, NULL) AS d
        GROUP BY 1;
        RETURN;
    END IF;
    WITH span AS (
        SELECT
            month_number(greatest(from_date, min(stored.first))) AS first,
            month_number(least(to_date, max(stored.last))) AS last
        FROM newspapers AS n
        CROSS JOIN LATERAL (
            SELECT min(s.day) AS first, max(s.day) AS last FROM stories AS s WHERE s.source = n.source
        ) AS stored
    ),

    months AS (
        SELECT every.month,
            every.month IN (SELECT known.month FROM counted_months AS known)
            AND every.month NOT IN (SELECT changed.month FROM changed_months AS changed)
            AND coalesce(from_date <= first_of_month(every.month), true)
            AND coalesce(to_date >= first_of_month(every.month + 1) - 1, true) AS is_counted
        FROM span
        CROSS JOIN LATERAL generate_series(span.first, span.last) AS every (month)
    )

    SELECT
        coalesce(array_agg(months.month) FILTER (WHERE months.is_counted), '{}'),
        coalesce(array_agg(months.month) FILTER (WHERE NOT months.is_counted), '{}')
    INTO looked_up, others
    FROM months;
    SELECT string_agg(quote_literal(word), ' | ')::tsquery && !!quote_literal(frequent[1])::tsquery INTO rest
    FROM unnest(words) AS word
    WHERE word <> frequent[1];
    RETURN QUERY
    SELECT
        first_of_month(counted.number),
        sum(counted.stories)::bigint
    FROM (
        SELECT c.month AS number, c.stories
        FROM word_counts AS c
        WHERE
            c.word = frequent[1]
            AND c.month = ANY(looked_up)
            AND (of_kind IS NULL OR c.kind = of_kind)
            AND (of_source IS NULL OR c.source = of_source)
        UNION ALL
        SELECT month_number(d.day), d.stories
        FROM daily_matches(rest, from_date, to_date, of_kind, of_source, NULL) AS d
        WHERE rest IS NOT NULL AND month_number(d.day) = ANY(looked_up)
        UNION ALL
        SELECT month_number(s.day), 1
        FROM stories AS s
        WHERE
            s.search @@ wanted
            AND month_number(s.day) = ANY(others)
            AND (of_kind IS NULL OR s.kind = of_kind)
            AND (of_source IS NULL OR s.source = of_source)
            AND (from_date IS NULL OR s.day >= from_date)
            AND (to_date IS NULL OR s.day <= to_date)
        UNION ALL
        SELECT NULL, 1
        FROM newspapers AS n
        INNER JOIN stories AS s ON n.source = s.source
        WHERE
            from_date IS NULL
            AND to_date IS NULL
            AND s.day IS NULL
            AND s.search @@ wanted
            AND (of_kind IS NULL OR s.kind = of_kind)
            AND (of_source IS NULL OR s.source = of_source)
    ) AS counted
    GROUP BY counted.number;
END
$$;

COMMENT ON FUNCTION news.monthly_matches(tsquery, date, date, text, text) IS
'How many stories match a search, by month, each by its first day; months without matches may have no row. '
'Exact, however long ago word_counts was refreshed. Filters may be null.';
