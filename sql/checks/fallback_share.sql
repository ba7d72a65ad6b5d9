-- Did the declared selectors find no text in more of this run's articles than usual, so that a general extractor was
-- needed? Articles that the general reader read as declared do not count. The baseline is the newspaper's mean share
-- over its last 14 editions, or zero if there are none.
WITH run AS (
    SELECT
        runs.source,
        coalesce(runs.edition_date, runs.started_at::date) AS day,
        count(articles.id) AS stories,
        count(articles.id) FILTER (WHERE articles.extracted_by = 'fallback') AS found
    FROM news.runs
    LEFT JOIN news.articles ON runs.id = articles.run_id AND articles.body IS NOT NULL
    WHERE runs.id = %(run_id)s
    GROUP BY runs.id
),

baseline AS (
    SELECT
        count(earlier.*) AS editions,
        coalesce(avg(earlier.by_fallback), 0) AS share
    FROM run
    CROSS JOIN LATERAL (
        SELECT shares.by_fallback
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
    'error' AS severity,
    'the site''s layout has changed: save one of these pages with akhbar page and fix the selectors' AS advice,
    run.found <= greatest(2, run.stories * (baseline.share + 0.05)) AS passed,
    'at most 2, or ' || round((baseline.share + 0.05) * 100) || '%%' AS wanted,
    run.found || ' of ' || run.stories || ' articles needed the general extractor' AS seen
FROM run
CROSS JOIN baseline;
