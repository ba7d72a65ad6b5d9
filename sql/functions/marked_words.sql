-- Words keep the spaces after them, so that joining them gives the text again. search_text() changes letters and adds
-- spaces; therefore a control character follows each word, at which the marked text is split into the same words.
CREATE OR REPLACE FUNCTION news.marked_words(
    document text, wanted tsquery, configuration regconfig, OUT words text[], OUT matches integer[]
)
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
    WITH split AS MATERIALIZED (
        SELECT array(SELECT hit[1] FROM regexp_matches(document, '([<>]\s*|[^\s<>]+\s*)', 'g') AS hits (hit)) AS words
    )

    SELECT
        split.words,
        array(
            SELECT marked.place::integer
            FROM unnest(string_to_array(
                ts_headline(
                    configuration, search_text(array_to_string(split.words, E' \x01 ')), wanted,
                    E'HighlightAll=true, StartSel="\x02", StopSel="\x03"'
                ),
                E'\x01'
            )) WITH ORDINALITY AS marked (word, place)
            WHERE marked.word LIKE E'%\x02%'
            ORDER BY marked.place
        )
    FROM split
$$;

COMMENT ON FUNCTION news.marked_words(text, tsquery, regconfig) IS
'The words of a text, and the places, from 1, of those that a search matches; for snippets and concordances.';
