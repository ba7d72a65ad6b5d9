CREATE OR REPLACE FUNCTION news.has_only_exclusions(wanted tsquery)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(querytree(wanted), '''language:[^'']*''', '', 'g') !~ '''';

COMMENT ON FUNCTION news.has_only_exclusions(tsquery) IS
'Whether a query of story_query() names no word that a story must contain.';
