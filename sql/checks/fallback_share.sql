-- How many of this run's articles needed the general extractor, against the paper's own norm: the mean of its last
-- 14 editions?
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

norm AS (
    SELECT
        count(earlier.*) AS editions,
        coalesce(avg(earlier.by_fallback), 0) AS share
    FROM this
    CROSS JOIN LATERAL (
        SELECT shares.by_fallback
        FROM news.edition_shares AS shares
        WHERE
            shares.source = this.source
            AND shares.edition_date < this.day
            AND shares.edition_date > this.day - 60
        ORDER BY shares.edition_date DESC
        LIMIT 14
    ) AS earlier
)

SELECT
    'error' AS severity,
    'the site''s layout has changed: save one of these pages with akhbar page and mend the selectors' AS advice,
    this.found <= greatest(2, this.stories * (norm.share + 0.05)) AS passed,
    'at most 2, or ' || round((norm.share + 0.05) * 100) || ' %%' AS wanted,
    this.found || ' of ' || this.stories || ' articles needed the general extractor' AS seen
FROM this
CROSS JOIN norm;
