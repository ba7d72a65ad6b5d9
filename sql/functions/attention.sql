-- The date of a period is its first day. Without dates, the periods are those from the first to the last stored day.
CREATE OR REPLACE FUNCTION news.attention(
    queries text[],
    step text DEFAULT 'month',
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    language text DEFAULT NULL
)
RETURNS TABLE (period date, query text, stories bigint, of_stories bigint, percent numeric)
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
DECLARE
    begins date := from_date;
    ends date := to_date;
BEGIN
    PERFORM check_filters(from_date, to_date, attention.kind, attention.source);
    IF step IS NULL OR step NOT IN ('day', 'week', 'month', 'quarter', 'year') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('step is %s', coalesce(quote_literal(step), 'null')),
            HINT = 'Use day, week, month, quarter or year.';
    ELSIF cardinality(queries) > 50 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there are %s queries', cardinality(queries)), HINT = 'Use 50 at most.';
    END IF;
    SELECT coalesce(begins, stored.first), coalesce(ends, stored.last) INTO begins, ends
    FROM stored_days(attention.source) AS stored;
    IF ends - begins > 100000 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s to %s is more than 100,000 days', begins, ends), HINT = 'Narrow the dates.';
    END IF;
    RETURN QUERY
    WITH periods AS (
        SELECT starts.at::date AS first
        FROM generate_series(
            date_trunc(step, begins::timestamp),
            ends::timestamp,
            CASE step WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || step)::interval END
        ) AS starts (at)
    ),

    stored AS MATERIALIZED (
        SELECT date_trunc(step, d.day::timestamp)::date AS first, sum(d.stories)::bigint AS stories
        FROM daily_stories(begins, ends, attention.kind, attention.source, NULL, attention.language) AS d
        GROUP BY 1
    ),

    matching AS MATERIALIZED (
        SELECT asked.place, date_trunc(step, m.day::timestamp)::date AS first, sum(m.stories)::bigint AS stories
        FROM unnest(queries) WITH ORDINALITY AS asked (query, place)
        CROSS JOIN LATERAL story_query(asked.query, attention.language) AS wanted
        CROSS JOIN LATERAL (
            SELECT found.month AS day, found.stories
            FROM monthly_matches(
                wanted, begins, ends, attention.kind, attention.source
            ) AS found
            WHERE step IN ('month', 'quarter', 'year')
            UNION ALL
            SELECT found.day, found.stories
            FROM daily_matches(
                wanted, begins, ends, attention.kind, attention.source, NULL
            ) AS found
            WHERE step IN ('day', 'week')
        ) AS m
        GROUP BY 1, 2
    ),

    -- only if a period has no stories: then it was read if a day of it was
    read AS MATERIALIZED (
        SELECT DISTINCT date_trunc(step, r.day::timestamp)::date AS first
        FROM days_read AS r
        WHERE
            EXISTS (SELECT FROM periods WHERE periods.first NOT IN (SELECT stored.first FROM stored))
            AND r.day BETWEEN begins AND ends
            AND (attention.source IS NULL OR r.source = attention.source)
    )

    SELECT
        periods.first,
        asked.query,
        CASE WHEN was.read THEN coalesce(matching.stories, 0) END,
        CASE WHEN was.read THEN coalesce(stored.stories, 0) END,
        round(100.0 * coalesce(matching.stories, 0) / nullif(stored.stories, 0), 4)
    FROM periods
    CROSS JOIN unnest(queries) WITH ORDINALITY AS asked (query, place)
    LEFT JOIN stored ON periods.first = stored.first
    LEFT JOIN matching ON asked.place = matching.place AND periods.first = matching.first
    LEFT JOIN read ON periods.first = read.first
    CROSS JOIN LATERAL (SELECT stored.first IS NOT NULL OR read.first IS NOT NULL) AS was (read)
    ORDER BY periods.first, asked.place;
END
$$;

COMMENT ON FUNCTION news.attention(text[], text, date, date, text, text, text) IS
'Attention to subjects over time: for each day, week, month, quarter or year, the stories that match each search, and '
'their share of all stories in percent: SELECT * FROM attention(ARRAY[''circular debt'', ''solar''], ''month''). '
'Periods in which no newspaper was read are null, not 0.';
