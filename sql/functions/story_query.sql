-- Each language has its own stems, so the query is parsed once for each configuration in use. A word that is excluded
-- must be excluded in the story's own language, so queries with exclusions also name the languages; this also lets the
-- index answer a query that has nothing but exclusions. Where all other words are too common in one language, that
-- language would match anything that is not excluded: it is left out unless the search has only exclusions.
DROP FUNCTION IF EXISTS news.story_query(text);
CREATE OR REPLACE FUNCTION news.story_query(words text, language text DEFAULT NULL)
RETURNS tsquery
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    used record;
    parsed tsquery;
    finds text [] := '{}';
    excludes text [] := '{}';
BEGIN
    FOR used IN
        SELECT
            known.configuration,
            string_agg(language_lexeme(known.language), ' | ')::tsquery AS in_languages,
            count(*) OVER () > 1 OR story_query.language IS NOT NULL AS is_limited
        FROM languages AS known
        WHERE CASE WHEN story_query.language IS NULL THEN known.is_stored ELSE known.language = story_query.language END
        GROUP BY known.configuration
        ORDER BY known.configuration
    LOOP
        parsed := (parse_query(words, used.configuration)).query;
        CONTINUE WHEN numnode(parsed) = 0;
        IF querytree(parsed) = 'T' THEN
            excludes := excludes || format('(%s)', used.in_languages && parsed);
        ELSIF story_query.language IS NOT NULL OR (used.is_limited AND parsed::text LIKE '%!%') THEN
            finds := finds || format('(%s)', used.in_languages && parsed);
        ELSE
            finds := finds || format('(%s)', parsed);
        END IF;
    END LOOP;
    IF used IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there is no language %L', story_query.language),
            HINT = 'Use a code from the table languages, such as en, or leave it out to search all languages.';
    END IF;
    RETURN (
        SELECT coalesce(string_agg(DISTINCT alternative, ' | '), '')
        FROM unnest(CASE WHEN finds = '{}' THEN excludes ELSE finds END) AS alternative
    )::tsquery;
END
$$;

COMMENT ON FUNCTION news.story_query(text, text) IS
'Converts a search as people type it to a tsquery for the column search: words, "a phrase", begin*, title:word, AND, '
'OR, NOT or -word, brackets, and NEAR/5 (within five words, in either order). Accepts any text; see explain_query() '
'for '
'what it ignores. Without a language, it searches stories in all languages.';
