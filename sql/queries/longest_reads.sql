-- Which articles are the longest reads?
-- Example output:
--   title                                    | section    | words | minutes
--   -----------------------------------------+------------+-------+--------
--   Schools reopen after a week of fog clos… | Front Page | 91    | 1
--   Buses without a depot                    | Karachi    | 82    | 1
--   The library on wheels                    | Column     | 70    | 1
--   Delegation from Moscow holds talks on p… | Front Page | 65    | 1
--   Senate panel asks for record of water r… | Front Page | 52    | 1
SELECT
    title,
    section,
    word_count AS words,
    ceil(word_count / 230.0)::integer AS minutes
FROM articles
ORDER BY words DESC, story_id ASC
LIMIT 5;
