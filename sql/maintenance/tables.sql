-- The tables and materialised views of the schema, the tables first.
SELECT
    relname,
    relkind
FROM pg_class
WHERE relnamespace = 'news'::regnamespace AND relkind IN ('r', 'm')
ORDER BY relkind DESC, relname ASC;
