-- The stem of a prefix is tried, because the index holds stems: elections* must find what elections finds.
CREATE OR REPLACE FUNCTION news.prefix_query(prefix text, configuration regconfig)
RETURNS tsquery
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET client_min_messages = warning
AS $$
    WITH parts AS (
        SELECT array_agg(parsed.token) AS words
        FROM ts_parse('default', search_text(prefix)) AS parsed (tokid, token)
        WHERE parsed.tokid <> 12 -- space
    ),

    last AS (
        SELECT
            words[cardinality(words)] AS word,
            to_tsquery(configuration, format('%s:*', quote_literal(words[cardinality(words)]))) AS query
        FROM parts
        WHERE words IS NOT NULL
    )

    SELECT coalesce(
        (
            SELECT tsquery_phrase(
                phraseto_tsquery(configuration, array_to_string(trim_array(parts.words, 1), ' ')),
                CASE WHEN last.query = '' THEN format('%s:*', quote_literal(lower(last.word)))::tsquery ELSE last.query END
            )
            FROM parts CROSS JOIN last
        ),
        ''
    )
$$;

COMMENT ON FUNCTION news.prefix_query(text, regconfig) IS
'Words that begin with a prefix, as a tsquery in a text search configuration; a part of story_query().';
