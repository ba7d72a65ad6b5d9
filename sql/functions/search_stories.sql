-- Ranking reads every matching story, so a frequent word would take seconds. If more than 400 stories match, only the
-- newest 400 are ranked. Up to 4000 matches are sorted to find the newest; beyond that, they are found month by month
-- in the index of words and months.
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
SET enable_seqscan = off
AS $$
DECLARE
    enough CONSTANT integer := 400;
    sortable CONSTANT integer := 4000;
    wanted tsquery;
    opposite tsquery;
    of_month integer;
    first_month integer;
    more bigint [];
    found bigint [] := '{}';
    total bigint;
BEGIN
    PERFORM check_filters(
        from_date, to_date, search_stories.kind, search_stories.source, max_rows, enough,
        'To count matches, use count_stories() or attention(); for all of them, use '
        'SELECT … FROM stories WHERE search @@ story_query(…).'
    );
    SELECT q.wanted, q.opposite INTO wanted, opposite FROM compile_query(query, search_stories.language) AS q;
    IF numnode(wanted) = 0 THEN
        RETURN;
    END IF;
    IF opposite IS NOT NULL THEN -- only exclusions, which an index of words cannot find
        found := array(
            SELECT newest.id
            FROM newspapers AS n
            CROSS JOIN LATERAL (
                SELECT
                    s.id,
                    s.day
                FROM stories AS s
                WHERE
                    s.source = n.source
                    AND s.search @@ wanted
                    AND (search_stories.kind IS NULL OR s.kind = search_stories.kind)
                    AND (search_stories.source IS NULL OR s.source = search_stories.source)
                    AND (search_stories.section IS NULL OR s.section = search_stories.section)
                    AND (from_date IS NULL OR s.day >= from_date)
                    AND (to_date IS NULL OR s.day <= to_date)
                ORDER BY s.day DESC
                LIMIT max_rows
            ) AS newest
            ORDER BY newest.day DESC
            LIMIT max_rows
        );
    ELSE
        found := array(
            SELECT matches.id
            FROM (
                SELECT
                    s.id,
                    s.day
                FROM stories AS s
                WHERE
                    s.search @@ wanted
                    AND (search_stories.kind IS NULL OR s.kind = search_stories.kind)
                    AND (search_stories.source IS NULL OR s.source = search_stories.source)
                    AND (search_stories.section IS NULL OR s.section = search_stories.section)
                    AND (from_date IS NULL OR s.day >= from_date)
                    AND (to_date IS NULL OR s.day <= to_date)
                LIMIT sortable + 1
            ) AS matches
            ORDER BY matches.day DESC NULLS LAST
        );
    END IF;
    IF cardinality(found) > sortable OR opposite IS NOT NULL THEN
        total := (
            SELECT sum(matches.stories)
            FROM daily_matches(
                wanted, opposite, from_date, to_date,
                search_stories.kind, search_stories.source, search_stories.section
            ) AS matches
        );
    ELSE
        total := cardinality(found);
    END IF;
    IF cardinality(found) <= sortable THEN
        found := found[1:enough];
    ELSE
        found := '{}';
        SELECT month_number(greatest(from_date, min(days.first))), month_number(least(to_date, max(days.last)))
        INTO first_month, of_month
        FROM newspapers AS n
        CROSS JOIN LATERAL (
            SELECT min(s.day) AS first, max(s.day) AS last
            FROM stories AS s
            WHERE s.source = n.source
        ) AS days;
        WHILE of_month >= first_month AND cardinality(found) < enough LOOP
            more := array(
                SELECT s.id
                FROM stories AS s
                WHERE
                    s.search @@ wanted
                    AND month_number(s.day) = of_month
                    AND (search_stories.kind IS NULL OR s.kind = search_stories.kind)
                    AND (search_stories.source IS NULL OR s.source = search_stories.source)
                    AND (search_stories.section IS NULL OR s.section = search_stories.section)
                    AND (from_date IS NULL OR s.day >= from_date)
                    AND (to_date IS NULL OR s.day <= to_date)
                ORDER BY s.day DESC
                LIMIT enough - cardinality(found)
            );
            found := found || more;
            of_month := of_month - 1;
        END LOOP;
    END IF;
    RETURN QUERY
    WITH best AS MATERIALIZED (
        SELECT
            s.*,
            ts_rank('{0.05, 0.2, 0.4, 1.0}', s.search, wanted, 1) AS rank
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
'were returned: to count or chart matches, use count_stories() or attention(). If more than 400 stories match, only the '
'newest 400 are ranked.';
