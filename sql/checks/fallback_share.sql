-- Did more articles than usual need the general extractor, because the declared selectors found no text? The baseline
-- is the newspaper's share in earlier runs of the same kind, or zero if there are none.
WITH counted AS (
    SELECT
        count(*) FILTER (WHERE compared.is_current) AS stories,
        count(*) FILTER (WHERE compared.is_current AND article.extracted_by = 'fallback') AS found,
        coalesce(
            count(*) FILTER (WHERE NOT compared.is_current AND article.extracted_by = 'fallback')::numeric
            / nullif(count(*) FILTER (WHERE NOT compared.is_current), 0),
            0
        ) AS usual
    FROM news.comparable_runs(%(run_id)s) AS compared
    INNER JOIN news.articles AS article ON compared.run_id = article.run_id
    WHERE article.body IS NOT NULL
)

SELECT
    'error' AS severity,
    'the site''s layout has changed: save one of these pages with akhbar page and fix the selectors' AS advice,
    found <= greatest(2, stories * (usual + 0.05)) AS passed,
    'at most 2, or ' || round((usual + 0.05) * 100) || '%%' AS wanted,
    found || ' of ' || stories || ' articles needed the general extractor' AS seen
FROM counted;
