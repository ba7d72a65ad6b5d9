-- Ranking reads every matching story, so a frequent word would take seconds. If more than 400 stories match, only the
-- newest 400 are ranked. Up to 4000 matches are sorted to find the newest; beyond that, they are found month by month
-- in the index of words and months.
CREATE OR REPLACE FUNCTION news.search_stories(
    query text,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    section text DEFAULT NULL,
    max_rows integer DEFAULT 20
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
    wanted CONSTANT tsquery := story_query(query);
    of_month integer;
    first_month integer;
    more bigint [];
    found bigint [] := '{}';
BEGIN
    IF from_date > to_date THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('from_date %s is after to_date %s', from_date, to_date),
            HINT = 'Swap the two dates.';
    ELSIF search_stories.kind NOT IN ('article', 'editorial') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('kind is %L', search_stories.kind),
            HINT = 'Use article or editorial, or leave it out.';
    ELSIF numnode(wanted) = 0 THEN
        RETURN;
    END IF;
    IF querytree(wanted) = 'T' THEN -- only exclusions, which an index of words cannot find
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
        regexp_replace(ts_headline(
            'news.story',
            replace(replace(replace(
                concat_ws(E'\n\n', best.excerpt, left(best.body, 20000)), '&', '&amp;'
            ), '<', '&lt;'), '>', '&gt;'),
            wanted,
            'MaxFragments=2, MinWords=6, MaxWords=18, FragmentDelimiter=" … "'
        ), '\s+', ' ', 'g')
    FROM best
    ORDER BY best.rank DESC, best.day DESC NULLS LAST, best.published_at DESC NULLS LAST, best.id DESC;
END
$$;

COMMENT ON FUNCTION news.search_stories(text, date, date, text, text, text, integer) IS
'Full-text search, best match first: SELECT * FROM search_stories(''circular debt -solar'', '
'from_date => ''2025-01-01'', kind => ''editorial''). Supports words, "phrases", -exclusions, or, and prefix*. '
'If more than 400 stories match, only the newest 400 are ranked: narrow the dates to look further back.';
