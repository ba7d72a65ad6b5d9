-- Completes when the staged stories were published from what is stored, if their pages say less: nothing, or the day of
-- a stored time. A stored midnight is no time: earlier versions stored days like that. Runs with articles and then
-- editorials in place of news.stories.
UPDATE staged
SET
    published_at = stored.published_at,
    published_date = stored.published_date
FROM news.stories AS stored
WHERE
    staged.published_at IS NULL
    AND stored.source = staged.source
    AND stored.story_id = staged.story_id
    AND (
        staged.published_date IS NULL
        OR (
            staged.published_date = (stored.published_at AT TIME ZONE %(zone)s)::date
            AND (stored.published_at AT TIME ZONE %(zone)s)::time <> '00:00'
        )
    );
