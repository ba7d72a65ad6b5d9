-- What a person typed as one word or phrase, with its synonyms. An ending in synonyms applies if the longer
-- form has at least six letters, so that size and rise stay as they are.
CREATE OR REPLACE FUNCTION news.words_query(words text, configuration regconfig)
RETURNS tsquery
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET client_min_messages = warning
AS $$
    WITH typed AS (
        SELECT phraseto_tsquery('news.plain', search_text(words))::text AS key, lower(words) AS word
    ),

    variants AS (
        SELECT words AS variant
        UNION
        SELECT s.synonym
        FROM typed INNER JOIN synonyms AS s ON phraseto_tsquery('news.plain', search_text(s.word))::text = typed.key
        WHERE typed.key <> '' AND s.word NOT LIKE '-%'
        UNION
        SELECT s.word
        FROM typed INNER JOIN synonyms AS s ON phraseto_tsquery('news.plain', search_text(s.synonym))::text = typed.key
        WHERE typed.key <> '' AND s.word NOT LIKE '-%'
        UNION
        SELECT left(typed.word, 1 - length(endings.old)) || substr(endings.new, 2)
        FROM typed
        CROSS JOIN synonyms AS s
        CROSS JOIN LATERAL (VALUES (s.word, s.synonym), (s.synonym, s.word)) AS endings (old, new)
        WHERE
            s.word LIKE '-%'
            AND typed.word ~ '^[[:alpha:]]+$'
            AND typed.word LIKE '%' || substr(endings.old, 2)
            AND length(typed.word) + greatest(length(endings.new) - length(endings.old), 0) >= 6
    ),

    queries AS (
        SELECT DISTINCT phraseto_tsquery(configuration, search_text(variant))::text AS query FROM variants
    )

    SELECT coalesce(string_agg('(' || query || ')', ' | ' ORDER BY query), '')::tsquery FROM queries WHERE query <> ''
$$;

COMMENT ON FUNCTION news.words_query(text, regconfig) IS
'One word or phrase as a tsquery in a text search configuration, with its synonyms; a part of story_query().';
