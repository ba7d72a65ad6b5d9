CREATE OR REPLACE FUNCTION news.stored_days(of_source text, OUT first date, OUT last date)
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, pg_temp
AS $$
    SELECT min(stored.first), max(stored.last)
    FROM newspapers AS n
    CROSS JOIN LATERAL (
        SELECT min(s.day) AS first, max(s.day) AS last
        FROM stories AS s
        WHERE s.source = n.source AND s.day BETWEEN '1605-01-01' AND '2199-12-31'
    ) AS stored
    WHERE of_source IS NULL OR n.source = of_source
$$;

COMMENT ON FUNCTION news.stored_days(text) IS
'The first and the last day of the stories of a newspaper, or of all, if it is null. Days before 1605 or after '
'2199 are mistakes and left out.';
