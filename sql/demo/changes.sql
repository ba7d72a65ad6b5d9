-- How one story changed; unchanged lines are left out.
SELECT
    story_id,
    revision || ' to ' || next_revision AS change,
    array_to_string(array(
        SELECT line
        FROM string_to_table(diff, E'\n') AS line
        WHERE line !~ '^  '
    ), E'\n') AS lines
FROM story_changes
WHERE story_id = '1900903'
ORDER BY revision DESC
LIMIT 3;
