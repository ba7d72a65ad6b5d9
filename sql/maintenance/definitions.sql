-- A digest of the functions and views of the schema, and of who may use them, read from the catalogs without locking a
-- table or view.
SELECT md5(string_agg(defined.item, '' ORDER BY defined.item))
FROM (
    SELECT p::text AS item
    FROM pg_proc AS p
    WHERE p.pronamespace = 'news'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', c.relname, c.relowner, c.relacl, r::text)
    FROM pg_class AS c
    INNER JOIN pg_rewrite AS r ON c.oid = r.ev_class
    WHERE c.relnamespace = 'news'::regnamespace AND c.relkind = 'v'
) AS defined;
