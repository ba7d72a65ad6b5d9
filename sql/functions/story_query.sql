DROP FUNCTION IF EXISTS news.story_query(text);
CREATE OR REPLACE FUNCTION news.story_query(words text, language text DEFAULT NULL)
RETURNS tsquery
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, pg_temp
AS $$
    SELECT wanted FROM compile_query(words, language)
$$;

COMMENT ON FUNCTION news.story_query(text, text) IS
'Converts a search as people type it to a tsquery for the column search: words, "a phrase", begin*, title:word, AND, '
'OR, NOT or -word, brackets, and NEAR/5 (within five words, in either order). Accepts any text; see explain_query() '
'for '
'what it ignores. Without a language, it searches stories in all languages.';
