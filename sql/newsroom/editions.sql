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
        story.edition_date,
        count(*) AS stories
    FROM (
        SELECT CASE WHEN %(printed)s THEN edition_date ELSE day END AS edition_date
        FROM news.articles
        WHERE source = %(source)s
    ) AS story
    WHERE story.edition_date BETWEEN %(first)s AND %(last)s
    GROUP BY story.edition_date
) AS a ON days.day::date = a.edition_date
LEFT JOIN (
    SELECT
        story.edition_date,
        count(*) AS stories
    FROM (
        SELECT CASE WHEN %(printed)s THEN edition_date ELSE day END AS edition_date
        FROM news.editorials
        WHERE source = %(source)s
    ) AS story
    WHERE story.edition_date BETWEEN %(first)s AND %(last)s
    GROUP BY story.edition_date
) AS e ON days.day::date = e.edition_date
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
