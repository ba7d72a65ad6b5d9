-- How many of this run's articles were read by the general extractor, against the paper's own norm:
-- the mean share of its last 14 editions?
-- Where there are no earlier editions the norm is none.
WITH this AS (
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

earlier AS (
    SELECT avg(share) AS norm
    FROM (
        SELECT avg((articles.extracted_by = 'fallback')::int) AS share
        FROM news.articles
        INNER JOIN this ON articles.source = this.source
        WHERE
            articles.body IS NOT NULL
            AND articles.edition_date < this.day
            AND articles.edition_date > this.day - 60
        GROUP BY articles.edition_date
        ORDER BY articles.edition_date DESC
        LIMIT 14
    ) AS editions
),

compared AS (
    SELECT
        this.found,
        this.stories,
        coalesce(earlier.norm, 0) AS norm
    FROM this
    CROSS JOIN earlier
)

SELECT
    'error' AS severity,
    'the site''s layout has changed: save one of these pages with akhbar page and mend the selectors' AS advice,
    found <= greatest(2, stories * (norm + 0.05)) AS passed,
    found || ' of ' || stories || ' articles were read by the general extractor' AS seen,
    'at most 2, or ' || round((norm + 0.05) * 100) || ' %%' AS wanted
FROM compared;
