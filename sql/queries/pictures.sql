-- Which sections have the most pictures?
-- Example output:
--   section    | stories | percent_with_picture
--   -----------+---------+---------------------
--   Front Page | 5       | 40
--   Business   | 5       | 0
--   Column     | 1       | 0
--   Editorial  | 9       | 0
--   Karachi    | 3       | 0
--   Lahore     | 1       | 0
--   Letters    | 1       | 0
--   National   | 5       | 0
--   Sport      | 2       | 0
SELECT
    section,
    count(*) AS stories,
    round(100.0 * count(image_url) / count(*)) AS percent_with_picture
FROM stories
WHERE completeness = 'full'
GROUP BY section
ORDER BY percent_with_picture DESC, section ASC;
