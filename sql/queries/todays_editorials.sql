-- How long does it take to read today's editorials?
-- For the newest day that has any; the column text contains all of them, ready to read or send.
-- Example output:
--   day        | editorials | words | reading_minutes | headlines
--   -----------+------------+-------+-----------------+-----------------------------------------
--   2025-03-29 | 3          | 96    | 1               | Power bills; Lost in the queue; Glacier…
SELECT
    day,
    editorials,
    words,
    reading_minutes,
    array_to_string(titles, '; ') AS headlines
FROM editorials_daily
ORDER BY day DESC
LIMIT 1;
