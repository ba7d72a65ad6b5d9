-- What did the paper report on the subjects of an edition's editorials?
-- For each editorial the stories around its day that share the rarest words of its headline and excerpt.
-- Example answer:
--   editorial      | day        | section    | story
--   ---------------+------------+------------+-----------------------------------------
--   Counting water | 2016-01-22 | Front Page | Senate panel asks for record of water r…
--   Counting water | 2016-01-22 | Front Page | Schools reopen after a week of fog clos…
--   A nurse’s wage | 2016-01-22 | National   | Nurses end sit-in after pay notice is i…
--   Power bills    | 2025-03-29 | Front Page | Tariff cut to take effect from April, m…
SELECT
    editorials.title AS editorial,
    related.day,
    related.section,
    related.title AS story
FROM editorials
CROSS JOIN LATERAL related_stories(editorials.source, editorials.story_id, within_days => 30, max_rows => 3) AS related
ORDER BY editorials.day ASC, editorials.story_id DESC, related.similarity DESC, related.story_id ASC;
