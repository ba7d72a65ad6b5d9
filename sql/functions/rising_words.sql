-- Half a story is added to both counts, so that a word that was not used before has a ratio.
CREATE OR REPLACE FUNCTION news.rising_words(
    at date DEFAULT NULL,
    days integer DEFAULT 7,
    before integer DEFAULT 28,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    language text DEFAULT NULL,
    max_rows integer DEFAULT 20
)
RETURNS SETOF news.rising_word
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    last CONSTANT date := coalesce(at, (SELECT max(s.day) FROM newspapers AS n CROSS JOIN LATERAL (
        SELECT max(stored.day) AS day FROM stories AS stored
        WHERE stored.source = n.source AND stored.day <= (now() AT TIME ZONE n.time_zone)::date
    ) AS s WHERE rising_words.source IS NULL OR n.source = rising_words.source));
BEGIN
    PERFORM check_filters(NULL, NULL, rising_words.kind, rising_words.source, rising_words.max_rows, 1000);
    PERFORM check_filters(last, last);
    PERFORM story_query('', rising_words.language); -- raises an error if there is no such language
    PERFORM check_days('days', rising_words.days, 1, 366);
    PERFORM check_days('before', rising_words.before, 1, 3660);
    RETURN QUERY
    WITH compared AS MATERIALIZED (
        SELECT s.id, s.day > last - rising_words.days AS is_now,
            tsvector_to_array(ts_filter(s.search, '{a,b}')) AS stems
        FROM newspapers AS n
        CROSS JOIN LATERAL (
            SELECT every.id, every.day, every.search
            FROM stories AS every
            WHERE
                every.source = n.source
                AND every.day > last - rising_words.days - rising_words.before
                AND every.day <= last
                AND (rising_words.kind IS NULL OR every.kind = rising_words.kind)
                AND (rising_words.language IS NULL OR every.language = rising_words.language)
        ) AS s
        WHERE rising_words.source IS NULL OR n.source = rising_words.source
    ),

    totals AS MATERIALIZED (
        SELECT
            count(*) FILTER (WHERE compared.is_now) AS now,
            nullif(count(*) FILTER (WHERE NOT compared.is_now), 0) AS before
        FROM compared
    ),

    counted AS MATERIALIZED (
        SELECT
            stems.stem,
            count(*) FILTER (WHERE compared.is_now) AS now,
            count(*) FILTER (WHERE NOT compared.is_now) AS before
        FROM compared
        CROSS JOIN LATERAL unnest(compared.stems) AS stems (stem)
        GROUP BY stems.stem
        HAVING count(*) FILTER (WHERE compared.is_now) >= 2
    ),

    rising AS (
        SELECT
            counted.stem,
            counted.now,
            CASE WHEN totals.before IS NOT NULL THEN counted.before END AS before,
            ((counted.now + 0.5) / totals.now) / ((counted.before + 0.5) / totals.before) AS ratio,
            log_likelihood(counted.now, totals.now, counted.before, totals.before) AS score
        FROM counted
        CROSS JOIN totals
        WHERE
            (totals.before IS NULL OR counted.now * totals.before > counted.before * totals.now)
            AND is_telling_word(counted.stem)
        ORDER BY score DESC NULLS LAST, counted.now DESC, counted.stem
        LIMIT rising_words.max_rows
    )

    SELECT shown.word, rising.now, rising.before, round(rising.ratio, 2), round(rising.score::numeric, 1)
    FROM rising
    INNER JOIN display_words(
        (SELECT array_agg(every.stem) FROM rising AS every),
        array(
            SELECT c.id
            FROM compared AS c
            WHERE c.is_now AND c.stems && (SELECT array_agg(every.stem) FROM rising AS every)
            LIMIT 300
        )
    ) AS shown ON rising.stem = shown.stem
    ORDER BY rising.score DESC NULLS LAST, rising.now DESC, shown.word;
END
$$;

COMMENT ON FUNCTION news.rising_words(date, integer, integer, text, text, text, integer) IS
'Words of headlines and excerpts that are more frequent in the days up to a date (by default, the newest stored day) '
'than in the days before them: SELECT * FROM rising_words(''2026-11-26'', days => 7, before => 28). Computed from the '
'stories as they are now. If no story is stored from the days before, before, ratio and score are null, and the words '
'are the most frequent ones.';
