CREATE OR REPLACE FUNCTION news.explain_query(words text, language text DEFAULT NULL)
RETURNS TABLE (understood text, ignored text[], query tsquery)
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET client_min_messages = warning
AS $$
    SELECT parsed.understood, parsed.ignored, story_query(words, explain_query.language)
    FROM parse_query(
        words,
        coalesce(
            (SELECT known.configuration FROM languages AS known WHERE known.language = explain_query.language),
            'news.story'
        )
    ) AS parsed
$$;

COMMENT ON FUNCTION news.explain_query(text, text) IS
'How a search is read: understood, with every operator and bracket; ignored, the parts that are left out and why, '
'empty '
'if there are none; and query, the tsquery that story_query() returns.';
