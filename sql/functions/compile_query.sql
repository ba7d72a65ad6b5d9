-- Each language has its own stems, so the query is parsed once for each configuration in use. A word that is excluded
-- must be excluded in the story's own language, so queries with exclusions also name the languages.
CREATE OR REPLACE FUNCTION news.compile_query(
    words text, language text, OUT wanted tsquery, OUT opposite tsquery
)
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    configurations regconfig [];
    used regconfig;
    parsed record;
    in_languages tsquery;
    alternatives tsquery [] := '{}';
    opposites tsquery [] := '{}';
    needs_languages boolean;
BEGIN
    SELECT array_agg(DISTINCT known.configuration) INTO configurations
    FROM languages AS known
    WHERE CASE WHEN compile_query.language IS NULL THEN known.is_stored ELSE known.language = compile_query.language END;
    IF configurations IS NULL THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('language is %L', compile_query.language),
            HINT = 'Use a code from the table languages, such as en, or leave it out to search all languages.';
    END IF;
    FOREACH used IN ARRAY configurations LOOP
        SELECT p.query, p.opposite INTO parsed FROM parse_query(words, used) AS p;
        CONTINUE WHEN numnode(parsed.query) = 0;
        needs_languages := compile_query.language IS NOT NULL
            OR (parsed.query::text LIKE '%!%' AND cardinality(configurations) > 1);
        IF needs_languages THEN
            SELECT string_agg(quote_literal('language:' || known.language), ' | ')::tsquery INTO in_languages
            FROM languages AS known
            WHERE
                known.configuration = used
                AND CASE
                    WHEN compile_query.language IS NULL THEN known.is_stored
                    ELSE known.language = compile_query.language
                END;
        ELSE
            in_languages := '';
        END IF;
        IF querytree(parsed.query) = 'T' THEN
            opposites := opposites || (in_languages && parsed.opposite);
        END IF;
        alternatives := alternatives || (in_languages && parsed.query);
    END LOOP;
    SELECT coalesce(string_agg(DISTINCT '(' || alternative::text || ')', ' | '), '') INTO wanted
    FROM unnest(alternatives) AS alternative;
    SELECT string_agg(DISTINCT '(' || alternative::text || ')', ' | ') INTO opposite
    FROM unnest(opposites) AS alternative;
END
$$;

COMMENT ON FUNCTION news.compile_query(text, text) IS
'A search as tsquery, for stories in one language or in all, if it is null. If the search has only exclusions, which '
'no index can find, opposite matches all other stories; otherwise it is null. A part of story_query().';
