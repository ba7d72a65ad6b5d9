-- What is to be done with each candidate: insert, change, seen (only the time moves) or nothing.
SELECT news.move_to_editorials(%(source)s, array(
    SELECT story_id FROM candidates
    WHERE kind = 'editorial'
));

-- Once an editorial, always one: feeds do not say so.
UPDATE candidates
SET kind = 'editorial'
FROM news.editorials
WHERE editorials.source = candidates.source AND editorials.story_id = candidates.story_id;

UPDATE candidates
SET
    action = CASE
        -- what a listing says never replaces a story that was read
        WHEN stored.completeness = 'full' AND candidates.completeness = 'listed' THEN 'nothing'
        -- a batch that is loaded late, but for the reading that the stored text comes from: it is read again;
        -- a time to come was written by a clock that went wrong: the reading tells what is late
        WHEN
            stored.completeness = candidates.completeness
            AND candidates.seen_at < CASE
                WHEN stored.last_seen_at <= now() THEN stored.last_seen_at
                WHEN stored.read_at <= now() THEN stored.read_at
            END
            AND stored.read_at IS DISTINCT FROM candidates.seen_at
            THEN 'nothing'
        -- a feed knows less than the page
        WHEN
            stored.completeness = 'full' AND stored.extracted_by <> 'feed' AND candidates.extracted_by = 'feed'
            THEN 'nothing'
        -- a text found by guessing does not replace one that was found for sure
        WHEN
            stored.completeness = 'full' AND stored.extracted_by = 'selectors' AND candidates.extracted_by = 'fallback'
            THEN 'seen'
        WHEN
            stored.content_hash = candidates.content_hash
            AND stored.completeness = candidates.completeness
            AND stored.extracted_by = candidates.extracted_by
            THEN 'seen'
        ELSE 'change'
    END
FROM (
    SELECT
        source,
        story_id,
        content_hash,
        completeness,
        extracted_by,
        last_seen_at,
        read_at
    FROM news.articles
    UNION ALL
    SELECT
        source,
        story_id,
        content_hash,
        completeness,
        extracted_by,
        last_seen_at,
        read_at
    FROM news.editorials
) AS stored
WHERE stored.source = candidates.source AND stored.story_id = candidates.story_id;

SELECT story_id
FROM candidates
WHERE action IN ('insert', 'change');
