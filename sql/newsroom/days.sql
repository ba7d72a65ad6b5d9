-- Stories per day and kind; a day without stories is a row of zeros.
SELECT
    days.day::date AS day,
    (
        SELECT count(*) FROM news.articles AS a
        WHERE a.source = %(source)s AND a.day = days.day::date
    ) AS articles,
    (
        SELECT count(*) FROM news.editorials AS e
        WHERE e.source = %(source)s AND e.day = days.day::date
    ) AS editorials
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS days (day)
ORDER BY days.day;
