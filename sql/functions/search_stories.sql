DROP FUNCTION IF EXISTS news.search_stories(text, date, date, text, text, text, integer);
CREATE OR REPLACE FUNCTION news.search_stories(
    query text,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    section text DEFAULT NULL,
    max_rows integer DEFAULT 20,
    language text DEFAULT NULL
)
RETURNS SETOF news.found_story
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    enough CONSTANT integer := 400; -- ranking reads each story's words, which takes seconds for a frequent word
    wanted CONSTANT tsquery := story_query(query, search_stories.language);
    found bigint [];
    total bigint;
BEGIN
    PERFORM check_filters(
        from_date, to_date, search_stories.kind, search_stories.source, max_rows, enough,
        'To count matches, use count_stories() or attention(); for all of them, use '
        'SELECT … FROM stories WHERE search @@ story_query(…).'
    );
    IF numnode(wanted) = 0 THEN
        RETURN;
    END IF;
    found := newest_matches(
        wanted, from_date, to_date, search_stories.kind, search_stories.source, search_stories.section, enough
    );
    total := CASE
        WHEN cardinality(found) < enough THEN cardinality(found)
        ELSE count_stories(
            query, from_date, to_date,
            search_stories.kind, search_stories.source, search_stories.section, search_stories.language
        )
    END;
    RETURN QUERY
    WITH best AS MATERIALIZED (
        SELECT
            s.*,
            CASE
                WHEN has_only_exclusions(wanted) THEN 0
                ELSE ts_rank('{0.05, 0.2, 0.4, 1.0}', s.search, wanted, 1)
            END AS rank
        FROM stories AS s
        WHERE s.id = ANY(found)
        ORDER BY rank DESC, s.day DESC NULLS LAST, s.published_at DESC NULLS LAST, s.id DESC
        LIMIT max_rows
    )

    SELECT
        best.kind,
        best.source,
        best.story_id,
        best.url,
        best.title,
        best.authors,
        best.section,
        best.day,
        best.published_at,
        best.rank,
        snippet(
            concat_ws(E'\n\n', best.excerpt, left(best.body, 20000)), wanted, coalesce(known.configuration, 'news.plain')
        ),
        best.language,
        total,
        total > least(max_rows, cardinality(found))
    FROM best
    LEFT JOIN languages AS known ON best.language = known.language
    ORDER BY best.rank DESC, best.day DESC NULLS LAST, best.published_at DESC NULLS LAST, best.id DESC;
END
$$;

COMMENT ON FUNCTION news.search_stories(text, date, date, text, text, text, integer, text) IS
'Full-text search, best match first: SELECT * FROM search_stories(''circular debt -solar'', '
'from_date => ''2025-01-01'', kind => ''editorial''). See story_query() for what a search can contain. Returns 20 '
'stories, or max_rows, which can be 400 at most. total says how many match, and is_truncated whether more match than '
'were returned: to count or chart matches, use count_stories() or attention(). If more than 400 stories match, only '
'the '
'newest 400 are ranked.';
