-- When and where was a word first mentioned?
-- Ordered by date, not by rank. Only stored stories are searched: fetch the years of interest first (akhbar backfill).
-- Example output:
--   day        | kind    | section    | title                                    | url
--   -----------+---------+------------+------------------------------------------+----------------------------------
--   2016-01-22 | article | Front Page | Delegation from Moscow holds talks on p… | https://www.dawn.com/news/1234501
SELECT
    day,
    kind,
    section,
    title,
    url
FROM stories
WHERE search @@ story_query('pipeline or tariff')
ORDER BY day, published_at, story_id
LIMIT 1;
