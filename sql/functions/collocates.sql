-- Reading every story would take minutes, so the newest 2,000 matches are compared with a sample of some 3,000 stories
-- in the same languages.
CREATE OR REPLACE FUNCTION news.collocates(
    query text,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    language text DEFAULT NULL,
    max_rows integer DEFAULT 30
)
RETURNS TABLE (word text, stories bigint, lift numeric, score numeric)
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    wanted CONSTANT tsquery := story_query(query, collocates.language);
    own_words text [];
    matches bigint [];
BEGIN
    PERFORM check_filters(from_date, to_date, collocates.kind, collocates.source, max_rows, 1000);
    own_words := array(
        SELECT hit[1]
        FROM regexp_matches(wanted::text, '''(?:title:)?((?:[^'']|'''')+)''', 'g') AS hits (hit)
    );
    matches := newest_matches(
        wanted, from_date, to_date, collocates.kind, collocates.source, NULL, 2000
    );
    RETURN QUERY
    WITH samples AS MATERIALIZED (
        SELECT true AS is_match, s.search FROM stories AS s WHERE s.id = ANY(matches)
        UNION ALL
        SELECT false, story.search FROM story_sample(
            3000, array(SELECT DISTINCT s.language FROM stories AS s WHERE s.id = ANY(matches))
        ) AS story (search)
    ),

    totals AS MATERIALIZED (
        SELECT
            count(*) FILTER (WHERE samples.is_match) AS matching,
            count(*) FILTER (WHERE NOT samples.is_match) AS others
        FROM samples
    ),

    counted AS MATERIALIZED (
        SELECT
            stems.stem,
            count(*) FILTER (WHERE samples.is_match) AS matching,
            count(*) FILTER (WHERE NOT samples.is_match) AS others
        FROM samples
        CROSS JOIN LATERAL unnest(tsvector_to_array(samples.search)) AS stems (stem)
        GROUP BY stems.stem
        HAVING count(*) FILTER (WHERE samples.is_match) >= 2
    ),

    best AS (
        SELECT
            counted.stem,
            counted.matching,
            (counted.matching::numeric / totals.matching) / ((counted.others + 0.5) / (totals.others + 0.5)) AS lift,
            log_likelihood(counted.matching, totals.matching, counted.others, totals.others) AS score
        FROM counted
        CROSS JOIN totals
        WHERE
            counted.matching * totals.others > counted.others * totals.matching
            AND is_telling_word(counted.stem)
            AND counted.stem <> ALL(own_words)
        ORDER BY score DESC, counted.stem
        LIMIT max_rows
    )

    SELECT shown.word, best.matching, round(best.lift, 2), round(best.score::numeric, 1)
    FROM best
    INNER JOIN display_words((SELECT array_agg(every.stem) FROM best AS every), matches[1:100]) AS shown
        ON best.stem = shown.stem
    ORDER BY best.score DESC, shown.word;
END
$$;

COMMENT ON FUNCTION news.collocates(text, date, date, text, text, text, integer) IS
'The words that set stories on a subject apart from others: SELECT * FROM collocates(''circular debt''). stories: how '
'many of the newest 2,000 matches have the word. lift: how many times as frequent it is there as in a sample of some '
'3,000 stories in the same languages. score: how unlikely that is to be chance (log-likelihood). Computed from the '
'stories as they are now.';
