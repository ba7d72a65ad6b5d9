-- Editions by day: stories stored, and the result of the last run that read each. Without a print edition (`printed`),
-- the edition of a day is the stories published on it.
SELECT
    days.day::date AS edition_date,
    coalesce(a.stories, 0) AS articles,
    coalesce(e.stories, 0) AS editorials,
    run.id AS run_id,
    run.outcome,
    run.reason,
    run.coverage
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS days (day)
LEFT JOIN (
    SELECT
        day,
        count(*) AS stories
    FROM news.articles
    WHERE
        source = %(source)s AND day BETWEEN %(first)s AND %(last)s
        AND (edition_date IS NOT NULL OR NOT %(printed)s)
    GROUP BY day
) AS a ON days.day::date = a.day
LEFT JOIN (
    SELECT
        day,
        count(*) AS stories
    FROM news.editorials
    WHERE
        source = %(source)s AND day BETWEEN %(first)s AND %(last)s
        AND (edition_date IS NOT NULL OR NOT %(printed)s)
    GROUP BY day
) AS e ON days.day::date = e.day
LEFT JOIN (
    SELECT DISTINCT ON (edition_date)
        edition_date,
        id,
        outcome,
        reason,
        (counts ->> 'coverage')::float AS coverage
    FROM news.runs
    WHERE source = %(source)s AND edition_date BETWEEN %(first)s AND %(last)s
    ORDER BY edition_date ASC, started_at DESC
) AS run ON days.day::date = run.edition_date
ORDER BY days.day;
