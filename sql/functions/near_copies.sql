CREATE OR REPLACE FUNCTION news.near_copies(source text, story_id text, at_least real DEFAULT 0.5)
RETURNS SETOF news.similar_story
LANGUAGE sql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
AS $$
    SELECT other.kind, other.source, other.story_id, other.url, other.title, other.section, other.day,
        other.published_at, shared.similarity
    FROM stories AS one
    INNER JOIN stories AS other ON one.copy_keys && other.copy_keys AND one.id <> other.id
    CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE votes = 2)::real / count(*))::real AS similarity
        FROM (
            SELECT count(*) AS votes
            FROM unnest(
                tsvector_to_array(ts_filter(one.search, '{a,b,c}')) || tsvector_to_array(ts_filter(other.search, '{a,b,c}'))
            ) AS word
            GROUP BY word
        ) AS words
    ) AS shared
    WHERE one.source = near_copies.source AND one.story_id = near_copies.story_id AND shared.similarity >= at_least
    ORDER BY shared.similarity DESC, other.day, other.published_at
$$;

COMMENT ON FUNCTION news.near_copies(text, text, real) IS
'Near-duplicates of a story in other sections and newspapers, such as agency copy and reprints. '
'Candidates are found by MinHash; similarity is the share of distinct words that both stories contain.';
