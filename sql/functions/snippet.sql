-- The two stretches of 18 words, apart from each other, that contain the most matches.
CREATE OR REPLACE FUNCTION news.snippet(document text, wanted tsquery, configuration regconfig)
RETURNS text
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
    WITH stretches AS (
        SELECT
            marked.words,
            marked.matches,
            greatest(match.place - 4, 1) AS first,
            (SELECT count(*) FROM unnest(marked.matches) AS m WHERE m BETWEEN match.place AND match.place + 13) AS found
        FROM marked_words(document, wanted, configuration) AS marked
        CROSS JOIN LATERAL unnest(
            CASE WHEN marked.matches = '{}' THEN ARRAY[1] ELSE marked.matches END
        ) AS match (place)
    ),

    best AS (
        SELECT * FROM stretches ORDER BY found DESC, first LIMIT 1
    ),

    shown AS (
        SELECT * FROM best
        UNION ALL
        (
            SELECT stretches.*
            FROM stretches CROSS JOIN best
            WHERE abs(stretches.first - best.first) > 18
            ORDER BY stretches.found DESC, stretches.first
            LIMIT 1
        )
    )

    SELECT string_agg(stretch.text, ' … ' ORDER BY shown.first)
    FROM shown
    CROSS JOIN LATERAL (
        SELECT regexp_replace(btrim(string_agg(
            CASE
                WHEN place = ANY(shown.matches)
                    THEN regexp_replace(escaped, '^([^[:alnum:]]*)(.*[[:alnum:]])', '\1<b>\2</b>')
                ELSE escaped
            END, '' ORDER BY place
        ), E' \t\n\r'), '\s+', ' ', 'g') AS text
        FROM generate_series(shown.first, least(shown.first + 17, cardinality(shown.words))) AS place
        CROSS JOIN LATERAL (
            SELECT replace(replace(replace(shown.words[place], '&', '&amp;'), '<', '&lt;'), '>', '&gt;')
        ) AS word (escaped)
    ) AS stretch
$$;

COMMENT ON FUNCTION news.snippet(text, tsquery, regconfig) IS
'The parts of a text with the most matches of a search, as safe HTML with the matches in <b>.';
