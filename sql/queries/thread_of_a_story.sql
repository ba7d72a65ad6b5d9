-- What came before a story, and what followed it?
-- Example output:
--   relation | day        | title
--   ---------+------------+-----------------------------------------
--   this     | 2016-01-22 | Counting water
--   later    | 2016-01-22 | Senate panel asks for record of water r…
SELECT
    thread.relation,
    thread.day,
    thread.title
FROM (
    SELECT
        source,
        story_id
    FROM search_stories('water or river*', max_rows => 1)
) AS found
CROSS JOIN LATERAL story_thread(found.source, found.story_id) AS thread
ORDER BY thread.day, thread.published_at;
