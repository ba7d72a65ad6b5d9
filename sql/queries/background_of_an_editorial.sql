-- What did the paper report on the subjects of the newest edition's editorials?
-- For each editorial, stories from around its date that share the rarest words of its headline and excerpt.
-- Example output:
--   editorial   | day        | section    | story
--   ------------+------------+------------+-----------------------------------------
--   Power bills | 2025-03-29 | Front Page | Tariff cut to take effect from April, m…
SELECT
    editorials.title AS editorial,
    related.day,
    related.section,
    related.title AS story
FROM latest_run
INNER JOIN editorials ON latest_run.source = editorials.source AND latest_run.newest_edition = editorials.day
CROSS JOIN LATERAL related_stories(editorials.source, editorials.story_id, within_days => 30, max_rows => 3) AS related
ORDER BY editorials.story_id DESC, related.similarity DESC, related.story_id ASC;
