CREATE OR REPLACE FUNCTION news.is_telling_word(stem text)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN (
    length(stem) > 2
    AND stem !~ '^[0-9]+$'
    AND stem NOT LIKE '%:%'
    AND (stem NOT LIKE '%zq' OR stem IN ('itzq', 'uszq', 'whozq'))
);

COMMENT ON FUNCTION news.is_telling_word(text) IS
'Whether a stem of the column search is worth showing in a list of words: no number, no mark such as title:…, and no '
'word such as THE that only stands out because it is in capitals.';
