-- Discovered stories that are not stored in full; is_full is null if they are not stored at all. For the batch's own
-- stories, candidates already has the answer; only the others are looked up.
WITH listed AS MATERIALIZED (
    SELECT
        found.story_id,
        candidates.is_full
    FROM unnest(cast(%(story_ids)s AS text[])) AS found (story_id)
    LEFT JOIN candidates ON found.story_id = candidates.story_id
)

SELECT
    story_id,
    is_full
FROM listed
WHERE NOT is_full
UNION ALL
SELECT
    listed.story_id,
    stored.is_full
FROM listed
LEFT JOIN (
    SELECT
        story_id,
        completeness = 'full' AS is_full
    FROM news.stories
    WHERE source = %(source)s AND story_id = any(array(
        SELECT story_id FROM listed
        WHERE is_full IS null
    ))
) AS stored ON listed.story_id = stored.story_id
WHERE listed.is_full IS null AND stored.is_full IS NOT true;
