-- Which stories changed more than twice after publication?
-- Each earlier version is a row in revisions. Reparses are left out: they are not the publisher's changes.
-- Example output:
--   story_id | title                          | section  | changes | headline_changes
--   ---------+--------------------------------+----------+---------+-----------------
--   1900903  | Wheat target missed by a tenth | National | 3       | 1
SELECT
    stories.story_id,
    stories.title,
    stories.section,
    count(*) AS changes,
    count(*) FILTER (WHERE story_changes.headline_changed) AS headline_changes
FROM story_changes
INNER JOIN stories ON story_changes.source = stories.source AND story_changes.story_id = stories.story_id
WHERE story_changes.reason = 'edit'
GROUP BY stories.story_id, stories.title, stories.section
HAVING count(*) > 2
ORDER BY changes DESC, stories.story_id ASC;
