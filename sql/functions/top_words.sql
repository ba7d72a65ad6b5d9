-- Months that were counted and have not changed since are looked up, the others are counted from their stories.
CREATE OR REPLACE FUNCTION news.top_words(
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    max_rows integer DEFAULT 20
)
RETURNS TABLE (word text, stories bigint, percent numeric)
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    first date;
    last date;
    looked_up integer [];
BEGIN
    PERFORM check_filters(from_date, to_date, top_words.kind, top_words.source, max_rows, 1000);
    SELECT
        date_trunc('month', coalesce(from_date, stored.first)::timestamp),
        date_trunc('month', coalesce(to_date, stored.last)::timestamp) + interval '1 month - 1 day'
    INTO first, last
    FROM stored_days(NULL) AS stored;
    looked_up := array(
        SELECT known.month
        FROM counted_months AS known
        WHERE
            known.month BETWEEN month_number(first) AND month_number(last)
            AND known.month NOT IN (SELECT changed.month FROM changed_months AS changed)
    );
    RETURN QUERY
    WITH counted AS MATERIALIZED (
        SELECT c.word AS stem, c.stories
        FROM word_counts AS c
        WHERE
            c.month = ANY(looked_up)
            AND (top_words.kind IS NULL OR c.kind = top_words.kind)
            AND (top_words.source IS NULL OR c.source = top_words.source)
            AND c.word NOT LIKE '%:%'
        UNION ALL
        SELECT stems.stem, count(*)
        FROM newspapers AS n
        INNER JOIN stories AS s ON n.source = s.source
        CROSS JOIN LATERAL unnest(tsvector_to_array(s.search)) AS stems (stem)
        WHERE
            s.day BETWEEN first AND last
            AND month_number(s.day) <> ALL(looked_up)
            AND (top_words.kind IS NULL OR s.kind = top_words.kind)
            AND (top_words.source IS NULL OR s.source = top_words.source)
            AND stems.stem NOT LIKE '%:%'
        GROUP BY stems.stem
    ),

    best AS (
        SELECT counted.stem, sum(counted.stories)::bigint AS stories
        FROM counted
        WHERE is_telling_word(counted.stem)
        GROUP BY counted.stem
        ORDER BY 2 DESC, counted.stem
        LIMIT max_rows
    ),

    stored AS MATERIALIZED (
        SELECT sum(d.stories) AS stories
        FROM daily_stories(first, last, top_words.kind, top_words.source, NULL, NULL) AS d
    )

    SELECT shown.word, best.stories, round(100.0 * best.stories / stored.stories, 4)
    FROM best
    CROSS JOIN stored
    INNER JOIN display_words(
        (SELECT array_agg(every.stem) FROM best AS every),
        array(SELECT s.id FROM stories AS s WHERE s.day = (
            SELECT max(newest.day) FROM stories AS newest
            WHERE newest.day BETWEEN first AND last AND (top_words.source IS NULL OR newest.source = top_words.source)
        ) LIMIT 200)
    ) AS shown ON best.stem = shown.stem
    ORDER BY best.stories DESC, shown.word;
END
$$;

COMMENT ON FUNCTION news.top_words(date, date, text, text, integer) IS
'The words that most stories of a period contain, in whole months: '
'SELECT * FROM top_words(''2025-01-01'', ''2025-12-31''). '
'Only frequent words are counted in months that word_counts holds.';
