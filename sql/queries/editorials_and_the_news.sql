-- Which news did an editorial react to?
-- Editorials on a subject, each beside the articles of the days before it that are most like it.
-- Example output:
--   day        | editorial      | news_day   | news
--   -----------+----------------+------------+-----------------------------------------
--   2016-01-22 | Counting water | 2016-01-22 | Senate panel asks for record of water r…
--   2016-01-22 | Counting water | 2016-01-22 | Schools reopen after a week of fog clos…
SELECT
    day,
    editorial,
    news_day,
    news
FROM editorials_on('water or river*', days_before => 3);
