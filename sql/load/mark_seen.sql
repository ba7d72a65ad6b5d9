-- For each of the tables, here called news.stories, after what was staged was merged into it, if anything was: moves
-- the time of the stories that say the same as before, and counts what became of all.
UPDATE news.stories AS stored
SET
    last_seen_at = greatest(stored.first_seen_at, candidates.seen_at),
    -- a text that was found by guessing was not read from there
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
    END AS what,
    count(*) AS stories
FROM candidates
WHERE kind = %(kind)s
GROUP BY what;
