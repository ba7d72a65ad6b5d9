-- Up to 4000 matches are sorted. More, which a frequent word has, are found month by month in the index of words and
-- months, from the newest month with stories; stories without a day, or with one that must be wrong, come last.
CREATE OR REPLACE FUNCTION news.newest_matches(
    wanted tsquery,
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
    before date;
    found bigint [];
BEGIN
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
    before := coalesce(least(to_date + 1, '2200-01-01'), '2200-01-01');
    WHILE cardinality(found) < most LOOP
        SELECT max(newest.day) INTO before
        FROM newspapers AS n
        CROSS JOIN LATERAL (
            SELECT max(s.day) AS day FROM stories AS s WHERE s.source = n.source AND s.day < before
        ) AS newest
        WHERE of_source IS NULL OR n.source = of_source;
        EXIT WHEN before IS NULL OR before < coalesce(from_date, '1605-01-01');
        found := found || array(
            SELECT s.id
            FROM stories AS s
            WHERE
                s.search @@ wanted
                AND month_number(s.day) = month_number(before)
                AND (of_kind IS NULL OR s.kind = of_kind)
                AND (of_source IS NULL OR s.source = of_source)
                AND (of_section IS NULL OR s.section = of_section)
                AND (from_date IS NULL OR s.day >= from_date)
                AND (to_date IS NULL OR s.day <= to_date)
            ORDER BY s.day DESC
            LIMIT most - cardinality(found)
        );
        before := date_trunc('month', before::timestamp);
    END LOOP;
    IF cardinality(found) < most AND from_date IS NULL AND to_date IS NULL THEN
        found := found || array(
            SELECT s.id
            FROM newspapers AS n
            INNER JOIN stories AS s ON n.source = s.source
            WHERE
                (s.day IS NULL OR s.day >= '2200-01-01' OR s.day < '1605-01-01')
                AND s.search @@ wanted
                AND (of_kind IS NULL OR s.kind = of_kind)
                AND (of_source IS NULL OR s.source = of_source)
                AND (of_section IS NULL OR s.section = of_section)
            LIMIT most - cardinality(found)
        );
    END IF;
    RETURN found;
END
$$;

COMMENT ON FUNCTION news.newest_matches(tsquery, date, date, text, text, text, integer) IS
'The ids of the newest stories that match a search, newest first. Filters may be null.';
