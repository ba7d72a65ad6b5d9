-- What did the story say before?
-- Lines removed (-) and added (+) by each change. To see another story, replace 1900903 with its number.
-- Example output:
--   revision | line
--   ---------+-----------------------------------------
--   2        | - FAISALABAD: Sowing of wheat fell shor…
--   2        | + FAISALABAD: Sowing of wheat fell shor…
--   3        | - Wheat target missed for second year
--   3        | + Wheat target missed by a tenth
--   4        | + Correction: the figure is of the area…
SELECT
    changes.next_revision AS revision,
    line
FROM story_changes AS changes
CROSS JOIN LATERAL string_to_table(changes.diff, E'\n') AS line
WHERE changes.source = 'dawn' AND changes.story_id = '1900903' AND line !~ '^  '
ORDER BY changes.next_revision;
