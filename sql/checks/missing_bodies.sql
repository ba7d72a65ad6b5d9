-- Do more of the stories read from their pages have no text than usual? Videos and charts have none, so a few are
-- normal. The baseline is the newspaper's share in earlier runs of the same kind, or 2 percent if these have fewer than
-- 50 stories. Random variation is allowed for: two standard deviations before a warning, three before an error.
WITH counted AS (
    SELECT
        count(*) FILTER (WHERE compared.is_current) AS stories,
        count(*) FILTER (WHERE compared.is_current AND story.body IS NULL) AS found,
        count(*) FILTER (WHERE NOT compared.is_current) AS earlier,
        count(*) FILTER (WHERE NOT compared.is_current AND story.body IS NULL) AS earlier_found,
        (array_agg(story.url ORDER BY story.id DESC) FILTER (WHERE compared.is_current AND story.body IS NULL))[1:3]
            AS examples
    FROM news.comparable_runs(%(run_id)s) AS compared
    INNER JOIN news.stories AS story ON compared.run_id = story.run_id
    WHERE story.completeness = 'full' AND story.extracted_by <> 'feed'
),

baseline AS (
    SELECT CASE WHEN earlier >= 50 THEN earlier_found::numeric / earlier ELSE 0.02 END AS share
    FROM counted
),

bound AS (
    SELECT
        counted.*,
        floor(stories * share + greatest(1, stories * 0.02, 2 * sqrt(stories * share * (1 - share)))) AS normal,
        floor(stories * share + greatest(2, stories * 0.03, 3 * sqrt(stories * share * (1 - share)))) AS tolerable
    FROM counted
    CROSS JOIN baseline
)

SELECT
    CASE WHEN found > tolerable THEN 'error' ELSE 'warning' END AS severity,
    found <= normal AS passed,
    'at most ' || normal AS wanted,
    found || ' of ' || stories || ' stories read from their pages have no text' AS seen,
    'open ' || coalesce(array_to_string(examples, ', '), 'one of them') || ': if the page has text, the site''s '
    || 'layout has changed: save the page with akhbar page, fix the selectors, then run akhbar replay' AS advice
FROM bound;
