-- Parses what a person types. websearch_to_tsquery has no prefix operator, so a word that ends in an asterisk is marked
-- before parsing, and the mark is then turned into a prefix.
CREATE OR REPLACE FUNCTION news.story_query(words text)
RETURNS tsquery
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
DECLARE
    -- 400 characters keep every lexeme under Postgres's limit of 2046 bytes; its parser fails on long runs of minus signs
    short text := regexp_replace(left(words, 400), '-[-\s]*-', ' ', 'g');
    parsed text := websearch_to_tsquery('news.story', regexp_replace(short, '(\w\w)\*', '\1qzprefix', 'g'));
    marked text;
    prefix text;
BEGIN
    FOR marked IN SELECT DISTINCT hit[1] FROM regexp_matches(parsed, '''(\w+)qzprefix''', 'g') AS hits (hit) LOOP
        prefix := to_tsquery('news.story', marked || ':*');
        parsed := replace(
            parsed,
            '''' || marked || 'qzprefix''',
            CASE WHEN prefix = '' THEN '''' || marked || ''':*' ELSE '(' || prefix || ')' END
        );
    END LOOP;
    RETURN parsed::tsquery;
END
$$;

COMMENT ON FUNCTION news.story_query(text) IS
'Converts a web-style search to a tsquery for the column search: words, "a phrase", -exclusion, this or that, prefix*. '
'Accepts any text; everything after 400 characters is ignored.';
