-- Which stories received a correction or clarification?
-- Covers the last 90 days. In a diff, lines that were added start with "+ ".
-- Example output:
--   story_id | headline                       | correction
--   ---------+--------------------------------+-----------------------------------------
--   1900903  | Wheat target missed by a tenth | Correction: the figure is of the area s…
SELECT
    changes.story_id,
    changes.title_after AS headline,
    substr(line, 3) AS correction
FROM story_changes AS changes
CROSS JOIN LATERAL string_to_table(changes.diff, E'\n') AS line
WHERE changes.changed_at > now() - interval '90 days' AND line ~* '^\+ .*\m(correction|clarification|earlier version)\M'
ORDER BY changes.changed_at DESC, changes.story_id ASC;
