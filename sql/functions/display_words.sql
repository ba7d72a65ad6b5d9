-- zq marks words that search_text() keeps apart.
CREATE OR REPLACE FUNCTION news.display_words(stems text[], ids bigint[])
RETURNS TABLE (stem text, word text)
LANGUAGE sql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
    WITH tokens AS (
        SELECT
            coalesce(known.configuration, 'news.plain') AS configuration,
            parsed.token,
            count(*) AS stories
        FROM stories AS s
        LEFT JOIN languages AS known ON s.language = known.language
        CROSS JOIN LATERAL ts_parse(
            'default', search_text(concat_ws(' ', s.title, s.excerpt, left(s.body, 3000)))
        ) AS parsed (tokid, token)
        WHERE s.id = ANY(ids) AND parsed.tokid <> 12 -- space
        GROUP BY 1, 2
    ),

    stemmed AS (
        SELECT
            tokens.token,
            tokens.stories,
            (tsvector_to_array(to_tsvector(tokens.configuration, tokens.token)))[1] AS stem
        FROM tokens
    )

    SELECT DISTINCT ON (wanted.stem) wanted.stem, regexp_replace(coalesce(stemmed.token, wanted.stem), 'zq$', '')
    FROM unnest(stems) AS wanted (stem)
    LEFT JOIN stemmed ON wanted.stem = stemmed.stem
    ORDER BY wanted.stem ASC, stemmed.stories DESC, (stemmed.token = lower(stemmed.token)) DESC, stemmed.token ASC
$$;

COMMENT ON FUNCTION news.display_words(text[], bigint[]) IS
'The form in which each stem occurs most often in some stories, by their ids; the stem itself if it does not occur.';
