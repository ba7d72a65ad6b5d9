CREATE OR REPLACE FUNCTION news.count_stories(
    query text,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    section text DEFAULT NULL,
    language text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
DECLARE
    wanted CONSTANT tsquery := story_query(query, count_stories.language);
BEGIN
    PERFORM check_filters(from_date, to_date, count_stories.kind, count_stories.source);
    IF numnode(wanted) = 0 THEN
        RETURN 0;
    END IF;
    IF count_stories.section IS NULL THEN
        RETURN (
            SELECT coalesce(sum(found.stories), 0)
            FROM monthly_matches(
                wanted, from_date, to_date, count_stories.kind, count_stories.source
            ) AS found
        );
    END IF;
    RETURN (
        SELECT coalesce(sum(found.stories), 0)
        FROM daily_matches(
            wanted, from_date, to_date,
            count_stories.kind, count_stories.source, count_stories.section
        ) AS found
    );
END
$$;

COMMENT ON FUNCTION news.count_stories(text, date, date, text, text, text, text) IS
'How many stories match a search, exactly: SELECT count_stories(''circular debt'', from_date => ''2025-01-01''). '
'Searches and filters are those of search_stories().';
