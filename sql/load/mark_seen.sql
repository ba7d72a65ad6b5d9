-- Updates last_seen_at of stories whose content is unchanged, and counts the stories by result. Runs after the merge,
-- with articles and then editorials in place of news.stories.
UPDATE news.stories AS stored
SET
    last_seen_at = greatest(stored.first_seen_at, candidates.seen_at),
    -- if the hashes differ, the stored text still comes from an earlier page
    read_at = CASE WHEN stored.content_hash = candidates.content_hash THEN candidates.seen_at ELSE stored.read_at END
FROM candidates
WHERE
    candidates.action = 'seen'
    AND candidates.is_later
    AND stored.source = %(source)s
    AND stored.story_id = candidates.story_id;

SELECT
    CASE action
        WHEN 'insert' THEN 'inserted'
        WHEN 'change' THEN 'updated'
        ELSE 'unchanged'
    END AS result,
    count(*) AS stories
FROM candidates
WHERE kind = %(kind)s
GROUP BY result;
