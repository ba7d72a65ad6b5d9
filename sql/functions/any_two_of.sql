CREATE OR REPLACE FUNCTION news.any_two_of(words text[])
RETURNS tsquery
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(format('(%s & %s)', quote_literal(a.word), quote_literal(b.word)), ' | ')::tsquery
    FROM unnest(words) AS a (word)
    INNER JOIN unnest(words) AS b (word) ON a.word < b.word
);

COMMENT ON FUNCTION news.any_two_of(text[]) IS 'A query for stories that contain at least two of these stems.';
