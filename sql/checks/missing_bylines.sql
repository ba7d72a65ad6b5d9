-- Do more articles lack a byline than usual? The baseline is the newspaper's share in earlier runs of the same kind. It
-- is compared only if there are at least 10 articles now and 30 in earlier runs. Stories taken in full from a feed are
-- not counted, because feeds contain no authors; a latest run has many such stories.
WITH counted AS (
    SELECT
        count(*) FILTER (WHERE compared.is_current) AS stories,
        count(*) FILTER (WHERE compared.is_current AND article.authors = '{}') AS found,
        count(*) FILTER (WHERE NOT compared.is_current) AS earlier,
        count(*) FILTER (WHERE NOT compared.is_current AND article.authors = '{}') AS earlier_found
    FROM news.comparable_runs(%(run_id)s) AS compared
    INNER JOIN news.articles AS article ON compared.run_id = article.run_id
    WHERE article.body IS NOT NULL AND article.extracted_by <> 'feed'
),

baseline AS (
    SELECT
        stories >= 10 AND earlier >= 30 AS is_comparable,
        earlier_found::numeric / nullif(earlier, 0) AS share
    FROM counted
)

SELECT
    'warning' AS severity,
    'open one of them on the site: the byline may have moved to another element' AS advice,
    NOT is_comparable OR found <= stories * (share + 0.15) AS passed,
    CASE
        WHEN is_comparable THEN 'at most ' || round((share + 0.15) * 100) || '%%'
        ELSE 'any share (too few stories or earlier runs to compare)'
    END AS wanted,
    found || ' of ' || stories || ' articles read from their pages have no byline' AS seen
FROM counted
CROSS JOIN baseline;
