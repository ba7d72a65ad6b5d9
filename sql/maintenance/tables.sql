-- Tables and materialized views of the schema, tables first.
SELECT
    relname,
    relkind
FROM pg_class
WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'm')
ORDER BY relkind DESC, relname ASC;
