-- The rows are read after the loads in flight were looked up, by a statement of its own: see stored_until.
CREATE OR REPLACE FUNCTION news.changed_since(since timestamptz)
RETURNS SETOF news.stories
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    until CONSTANT timestamptz := news.stored_until();
BEGIN
    RETURN QUERY
    SELECT s.*
    FROM news.stories AS s
    WHERE
        s.stored_at > coalesce(since, '-infinity')
        AND s.stored_at <= until
        -- if a story is in both tables (the duplicates check reports this), the editorial counts
        AND (
            s.kind = 'editorial'
            OR NOT EXISTS (
                SELECT FROM news.stories AS e
                WHERE e.kind = 'editorial' AND e.source = s.source AND e.story_id = s.story_id
            )
        );
END
$$;

COMMENT ON FUNCTION news.changed_since(timestamptz) IS
'Stories that were inserted, changed or moved since a stored_at, each once, as they are now; null means all. Pass the '
'greatest stored_at that you have copied, and replace your copies by id: '
'SELECT * FROM changed_since((SELECT max(stored_at) FROM copy)). kind says which table a story is in now: a copy of '
'articles alone deletes those that come back as editorials. Loads that are not committed yet come later, none is '
'skipped. Needs READ COMMITTED, which is the default.';
