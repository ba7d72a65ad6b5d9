-- Which headlines were rewritten?
-- Example output:
--   story_id | title_before                        | title_after
--   ---------+-------------------------------------+-------------------------------
--   1900903  | Wheat target missed for second year | Wheat target missed by a tenth
SELECT
    story_id,
    title_before,
    title_after
FROM story_changes
WHERE headline_changed AND reason = 'edit'
ORDER BY changed_at DESC, story_id ASC
LIMIT 50;
