-- Decides what to do with each story: insert, change, seen (update last_seen_at if it is later) or nothing.
SELECT news.move_to_editorials(%(source)s, array(
    SELECT story_id FROM incoming
    WHERE kind = 'editorial'
));

CREATE TEMPORARY TABLE candidates ON COMMIT DROP AS
SELECT
    new.story_id,
    new.content_hash,
    new.seen_at,
    new.line,
    -- once an editorial, always an editorial: feeds do not mark editorials
    coalesce(stored.kind, new.kind) AS kind,
    (new.completeness = 'full' OR coalesce(stored.completeness = 'full', false)) AS is_full,
    (stored.last_seen_at < new.seen_at OR stored.last_seen_at > now()) AS is_later,
    CASE
        WHEN stored.story_id IS null THEN 'insert'
        -- a listing entry never replaces a full story
        WHEN stored.completeness = 'full' AND new.completeness = 'listed' THEN 'nothing'
        -- skip a batch older than the stored version, unless the stored text came from this fetch (a reparse);
        -- a last_seen_at in the future comes from a wrong clock, so read_at is compared instead
        WHEN
            stored.completeness = new.completeness
            AND new.seen_at < CASE
                WHEN stored.last_seen_at <= now() THEN stored.last_seen_at
                WHEN stored.read_at <= now() THEN stored.read_at
            END
            AND coalesce(stored.read_at <> new.seen_at, true)
            THEN 'nothing'
        -- a feed item is less complete than the page
        WHEN
            stored.completeness = 'full' AND stored.extracted_by <> 'feed' AND new.extracted_by = 'feed'
            THEN 'nothing'
        -- the general extractor's text does not replace text found in the declared way
        WHEN
            stored.completeness = 'full'
            AND stored.extracted_by IN ('selectors', 'general')
            AND new.extracted_by = 'fallback'
            THEN 'seen'
        WHEN
            stored.content_hash = new.content_hash
            AND stored.completeness = new.completeness
            AND stored.extracted_by = new.extracted_by
            THEN 'seen'
        ELSE 'change'
    END AS action
FROM incoming AS new
LEFT JOIN (
    SELECT
        story_id,
        'article' AS kind,
        content_hash,
        completeness,
        extracted_by,
        last_seen_at,
        read_at
    FROM news.articles
    WHERE
        source = %(source)s
        AND story_id = any(array(SELECT story_id FROM incoming))
        -- if a story is in both tables (the duplicates check reports this), the editorial counts
        AND NOT EXISTS (
            SELECT FROM news.editorials
            WHERE editorials.source = articles.source AND editorials.story_id = articles.story_id
        )
    UNION ALL
    SELECT
        story_id,
        'editorial' AS kind,
        content_hash,
        completeness,
        extracted_by,
        last_seen_at,
        read_at
    FROM news.editorials
    WHERE source = %(source)s AND story_id = any(array(SELECT story_id FROM incoming))
) AS stored ON new.story_id = stored.story_id;

SELECT
    line,
    kind,
    content_hash
FROM candidates
WHERE action IN ('insert', 'change');
