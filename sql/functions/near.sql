CREATE OR REPLACE FUNCTION news.near(a tsquery, b tsquery, distance integer)
RETURNS tsquery
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT
        string_agg(
            format('(%s) | (%s)', tsquery_phrase(a, b, apart), tsquery_phrase(b, a, apart)), ' | ' ORDER BY apart
        )::tsquery
    FROM generate_series(1, distance) AS apart
);

COMMENT ON FUNCTION news.near(tsquery, tsquery, integer) IS
'Two words or phrases at most so many words apart, in either order; a part of story_query().';
