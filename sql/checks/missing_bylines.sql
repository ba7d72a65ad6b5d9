-- How many of this run's articles have no byline, against the paper's own norm: the mean of its last 14 editions?
-- Fewer than 3 editions or 10 articles tell nothing. Feeds name no writers, so stories that came whole in one do not
-- count: in a run for the latest stories they are many.
WITH this AS (
    SELECT
        runs.source,
        coalesce(runs.edition_date, runs.started_at::date) AS day,
        count(articles.id) AS stories,
        count(articles.id) FILTER (WHERE cardinality(articles.authors) = 0) AS found
    FROM news.runs
    LEFT JOIN news.articles
        ON runs.id = articles.run_id AND articles.body IS NOT NULL AND articles.extracted_by <> 'feed'
    WHERE runs.id = %(run_id)s
    GROUP BY runs.id
),

norm AS (
    SELECT
        count(earlier.*) AS editions,
        coalesce(avg(earlier.without_byline), 0) AS share
    FROM this
    CROSS JOIN LATERAL (
        SELECT shares.without_byline
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
    'warning' AS severity,
    'read one of them on the site: the byline may have moved to another element' AS advice,
    this.stories < 10 OR norm.editions < 3 OR this.found <= this.stories * (norm.share + 0.15) AS passed,
    CASE
        WHEN this.stories < 10 OR norm.editions < 3 THEN 'nothing: too few stories or editions to compare'
        ELSE 'at most ' || round((norm.share + 0.15) * 100) || ' %%'
    END AS wanted,
    this.found || ' of ' || this.stories || ' articles whose pages were read have no byline' AS seen
FROM this
CROSS JOIN norm;
