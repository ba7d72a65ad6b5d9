-- Do more articles lack a dateline than usual? The baseline is the newspaper's share in earlier runs of the same kind.
-- It is compared only if there are at least 10 articles now and 30 in earlier runs.
WITH counted AS (
    SELECT
        count(*) FILTER (WHERE compared.is_current) AS stories,
        count(*) FILTER (WHERE compared.is_current AND article.dateline IS NULL) AS found,
        count(*) FILTER (WHERE NOT compared.is_current) AS earlier,
        count(*) FILTER (WHERE NOT compared.is_current AND article.dateline IS NULL) AS earlier_found
    FROM news.comparable_runs(%(run_id)s) AS compared
    INNER JOIN news.articles AS article ON compared.run_id = article.run_id
    WHERE article.body IS NOT NULL
),

baseline AS (
    SELECT
        stories >= 10 AND earlier >= 30 AS is_comparable,
        earlier_found::numeric / nullif(earlier, 0) AS share
    FROM counted
)

SELECT
    'warning' AS severity,
    'open one of them on the site: has the dateline format changed?' AS advice,
    NOT is_comparable OR found <= stories * (share + 0.15) AS passed,
    CASE
        WHEN is_comparable THEN 'at most ' || round((share + 0.15) * 100) || '%%'
        ELSE 'any share (too few stories or earlier runs to compare)'
    END AS wanted,
    found || ' of ' || stories || ' articles have no dateline' AS seen
FROM counted
CROSS JOIN baseline;
