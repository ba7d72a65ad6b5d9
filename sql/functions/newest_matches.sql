-- Up to 4000 matches are sorted. More, which a frequent word has, are found month by month in the index of words and
-- months, and those of a search with only exclusions backwards in the index of days.
CREATE OR REPLACE FUNCTION news.newest_matches(
    wanted tsquery,
    opposite tsquery,
    from_date date,
    to_date date,
    of_kind text,
    of_source text,
    of_section text,
    most integer
)
RETURNS bigint[]
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
DECLARE
    sortable CONSTANT integer := 4000;
    of_month integer;
    first_month integer;
    found bigint [];
BEGIN
    IF opposite IS NOT NULL THEN
        RETURN array(
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
                    AND (of_kind IS NULL OR s.kind = of_kind)
                    AND (of_source IS NULL OR s.source = of_source)
                    AND (of_section IS NULL OR s.section = of_section)
                    AND (from_date IS NULL OR s.day >= from_date)
                    AND (to_date IS NULL OR s.day <= to_date)
                ORDER BY s.day DESC
                LIMIT most
            ) AS newest
            ORDER BY newest.day DESC
            LIMIT most
        );
    END IF;
    found := array(
        SELECT matches.id
        FROM (
            SELECT
                s.id,
                s.day
            FROM stories AS s
            WHERE
                s.search @@ wanted
                AND (of_kind IS NULL OR s.kind = of_kind)
                AND (of_source IS NULL OR s.source = of_source)
                AND (of_section IS NULL OR s.section = of_section)
                AND (from_date IS NULL OR s.day >= from_date)
                AND (to_date IS NULL OR s.day <= to_date)
            LIMIT sortable + 1
        ) AS matches
        ORDER BY matches.day DESC NULLS LAST
    );
    IF cardinality(found) <= sortable THEN
        RETURN found[1:most];
    END IF;
    found := '{}';
    SELECT month_number(greatest(from_date, min(days.first))), month_number(least(to_date, max(days.last)))
    INTO first_month, of_month
    FROM newspapers AS n
    CROSS JOIN LATERAL (
        SELECT min(s.day) AS first, max(s.day) AS last
        FROM stories AS s
        WHERE s.source = n.source
    ) AS days;
    WHILE of_month >= first_month AND cardinality(found) < most LOOP
        found := found || array(
            SELECT s.id
            FROM stories AS s
            WHERE
                s.search @@ wanted
                AND month_number(s.day) = of_month
                AND (of_kind IS NULL OR s.kind = of_kind)
                AND (of_source IS NULL OR s.source = of_source)
                AND (of_section IS NULL OR s.section = of_section)
                AND (from_date IS NULL OR s.day >= from_date)
                AND (to_date IS NULL OR s.day <= to_date)
            ORDER BY s.day DESC
            LIMIT most - cardinality(found)
        );
        of_month := of_month - 1;
    END LOOP;
    RETURN found;
END
$$;

COMMENT ON FUNCTION news.newest_matches(tsquery, tsquery, date, date, text, text, text, integer) IS
'The ids of the newest stories that match a search, newest first. Filters may be null; opposite is that of '
'compile_query().';
