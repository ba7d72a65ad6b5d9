-- A match is the shortest stretch of words, at most 21, that contains a word or phrase of the search. AND and
-- exclusions
-- have done their work when the stories were found.
CREATE OR REPLACE FUNCTION news.concordance(
    query text,
    width integer DEFAULT 40,
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    language text DEFAULT NULL,
    max_rows integer DEFAULT 100
)
RETURNS SETOF news.concordance_line
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, news, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    wanted CONSTANT tsquery := story_query(query, concordance.language);
    anything tsquery;
    lines_left integer := max_rows;
    lines integer;
    this_id bigint;
    story record;
BEGIN
    PERFORM check_filters(from_date, to_date, concordance.kind, concordance.source, max_rows, 1000);
    IF width IS NULL OR width NOT BETWEEN 1 AND 500 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('width is %s', coalesce(width::text, 'null')), HINT = 'It can be 1 to 500 characters.';
    END IF;
    IF numnode(wanted) = 0 OR has_only_exclusions(wanted) THEN -- nothing to show
        RETURN;
    END IF;
    anything := replace(replace(querytree(wanted), ' & ', ' | '), '''title:', '''');
    FOREACH this_id IN ARRAY newest_matches(
        wanted, from_date, to_date, concordance.kind, concordance.source, NULL, max_rows
    ) LOOP
        EXIT WHEN lines_left <= 0;
        SELECT s.day, s.story_id, s.source, marked.words, marked.matches,
            coalesce(known.configuration, 'news.plain') AS configuration
        INTO story
        FROM stories AS s
        LEFT JOIN languages AS known ON s.language = known.language
        CROSS JOIN LATERAL marked_words(
            concat_ws(' · ', s.title, s.excerpt, left(s.body, 20000)),
            anything,
            coalesce(known.configuration, 'news.plain')
        ) AS marked
        WHERE s.id = this_id;
        RETURN QUERY
        WITH found AS (
            SELECT DISTINCT ON (starts.first) starts.first, ends.last
            FROM unnest(story.matches) AS ends (last)
            CROSS JOIN LATERAL (
                SELECT candidate.first
                FROM unnest(story.matches) AS candidate (first)
                WHERE
                    candidate.first BETWEEN ends.last - 20 AND ends.last
                    AND to_tsvector(
                        story.configuration, search_text(array_to_string(story.words[candidate.first:ends.last], ''))
                    ) @@ anything
                ORDER BY candidate.first DESC
                LIMIT 1
            ) AS starts
            ORDER BY starts.first, ends.last
            LIMIT lines_left
        )

        SELECT
            story.day,
            story.story_id,
            CASE
                WHEN length(context.before) <= width THEN context.before
                ELSE regexp_replace(right(context.before, width + 1), '^\S*\s', '')
            END,
            parts[2],
            CASE
                WHEN length(context.after) <= width THEN context.after
                ELSE regexp_replace(left(context.after, width + 1), '\s\S*$', '')
            END,
            story.source
        FROM found
        CROSS JOIN LATERAL (
            SELECT
                regexp_replace(
                    btrim(array_to_string(story.words[found.first - 100:found.first - 1], '')), '\s+', ' ', 'g'
                ) AS before,
                regexp_replace(
                    btrim(array_to_string(story.words[found.first:found.last], '')), '\s+', ' ', 'g'
                ) AS match,
                regexp_replace(
                    btrim(array_to_string(story.words[found.last + 1:found.last + 100], '')), '\s+', ' ', 'g'
                ) AS after
        ) AS clean
        CROSS JOIN LATERAL regexp_match(clean.match, '^([^[:alnum:]]*)(.*?)([^[:alnum:]]*)$') AS parts
        CROSS JOIN LATERAL (
            SELECT
                rtrim(concat(clean.before, ' ', parts[1])) AS before,
                ltrim(concat(parts[3], ' ', clean.after)) AS after
        ) AS context
        ORDER BY found.first;
        GET DIAGNOSTICS lines = ROW_COUNT;
        lines_left := lines_left - lines;
    END LOOP;
END
$$;

COMMENT ON FUNCTION news.concordance(text, integer, date, date, text, text, text, integer) IS
'A subject in its contexts, newest stories first: each match with the width characters before and after it, in '
'headline, '
'excerpt or text: SELECT * FROM concordance(''"circular debt"'', 40).';
