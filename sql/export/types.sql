-- The names of types and, for arrays, the type of their elements. Arrays of boxes, which semicolons separate, are left
-- as text.
SELECT
    type.oid,
    format_type(type.oid, NULL) AS name,
    element.oid AS element
FROM pg_type AS type
LEFT JOIN pg_type AS element ON type.oid = element.typarray AND element.typdelim = ','
WHERE type.oid = any(%(oids)s::oid[]);
