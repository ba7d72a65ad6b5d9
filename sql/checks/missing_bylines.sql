-- How many of this run's articles have no byline, against the paper's own norm:
-- the mean share of its last 14 editions?
-- Fewer than 3 editions or 10 articles tell nothing.
WITH this AS (
    SELECT
        runs.source,
        coalesce(runs.edition_date, runs.started_at::date) AS day,
        count(articles.id) AS stories,
        count(articles.id) FILTER (WHERE cardinality(articles.authors) = 0) AS found
    FROM news.runs
    LEFT JOIN news.articles ON runs.id = articles.run_id AND articles.body IS NOT NULL
    WHERE runs.id = %(run_id)s
    GROUP BY runs.id
),

earlier AS (
    SELECT
        avg(share) AS norm,
        count(*) AS editions
    FROM (
        SELECT avg((cardinality(articles.authors) = 0)::int) AS share
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
        earlier.editions,
        this.found::numeric / nullif(this.stories, 0) AS share,
        coalesce(earlier.norm, 0) AS norm
    FROM this
    CROSS JOIN earlier
)

SELECT
    'warning' AS severity,
    'read one of them on the site: the byline may have moved to another element' AS advice,
    stories < 10 OR editions < 3 OR share <= norm + 0.15 AS passed,
    found || ' of ' || stories || ' articles have no byline' AS seen,
    CASE
        WHEN stories < 10 OR editions < 3 THEN 'nothing: too few stories or editions to compare'
        ELSE 'at most ' || round((norm + 0.15) * 100) || ' %%'
    END AS wanted
FROM compared;
