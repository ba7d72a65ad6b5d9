-- What a person types, as a query. Postgres reads the web style but knows no asterisk: a word that ends
-- in one goes through it with a mark, and the mark is then turned into a prefix.
CREATE OR REPLACE FUNCTION news.story_query(words text)
RETURNS tsquery
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
DECLARE
    -- a lexeme has at most 2046 bytes: nothing that is shorter as a whole can contain a longer one
    -- a heap of signs for "not" is more than Postgres's own reader can stand
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
'A search in web style as a tsquery for the column search: words, "a phrase", -without, this or that, begin*. '
'Any text is taken; what is beyond 400 characters does not count.';
