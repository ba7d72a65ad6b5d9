-- How long does it take to read today's editorials?
-- Of the newest day that has any; the column text holds them all, to read or to send.
-- Example answer:
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
