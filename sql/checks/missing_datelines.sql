-- Do more of this run's articles lack a dateline than usual? The baseline is the newspaper's mean share over its last
-- 14 editions; fewer than 3 editions or 10 articles are too few to compare.
WITH run AS (
    SELECT
        runs.source,
        coalesce(runs.edition_date, runs.started_at::date) AS day,
        count(articles.id) AS stories,
        count(articles.id) FILTER (WHERE articles.dateline IS NULL) AS found
    FROM news.runs
    LEFT JOIN news.articles ON runs.id = articles.run_id AND articles.body IS NOT NULL
    WHERE runs.id = %(run_id)s
    GROUP BY runs.id
),

baseline AS (
    SELECT
        count(earlier.*) AS editions,
        coalesce(avg(earlier.without_dateline), 0) AS share
    FROM run
    CROSS JOIN LATERAL (
        SELECT shares.without_dateline
        FROM news.edition_shares AS shares
        WHERE
            shares.source = run.source
            AND shares.edition_date < run.day
            AND shares.edition_date > run.day - 60
        ORDER BY shares.edition_date DESC
        LIMIT 14
    ) AS earlier
)

SELECT
    'warning' AS severity,
    'open one of them on the site: has the dateline format changed?' AS advice,
    run.stories < 10 OR baseline.editions < 3 OR run.found <= run.stories * (baseline.share + 0.15) AS passed,
    CASE
        WHEN run.stories < 10 OR baseline.editions < 3 THEN 'any share (too few stories or editions to compare)'
        ELSE 'at most ' || round((baseline.share + 0.15) * 100) || '%%'
    END AS wanted,
    run.found || ' of ' || run.stories || ' articles have no dateline' AS seen
FROM run
CROSS JOIN baseline;
