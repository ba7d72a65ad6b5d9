CREATE OR REPLACE FUNCTION news.in_title(words tsquery)
RETURNS tsquery
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(words::text, '''(([^'']|'''')+)''', '''title:\1''', 'g')::tsquery;

COMMENT ON FUNCTION news.in_title(tsquery) IS 'The same words, but in the title; a part of story_query().';
