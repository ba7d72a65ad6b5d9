-- Does the site block the crawler? The alert stays open until a crawl completes.
SELECT
    'refused ' || run.source AS problem,
    CASE WHEN run.outcome = 'refused' THEN format(
        '%%s blocks the crawler: %%s. Wait a few hours, then run %%s again. Check that AKHBAR_DELAY is at least 2.',
        paper.publisher, run.reason, coalesce(run.dag_id, 'the crawl')
    ) END AS message
FROM news.runs AS run
INNER JOIN news.newspapers AS paper ON run.source = paper.source
WHERE run.source = %(source)s AND run.outcome IN ('complete', 'refused')
ORDER BY run.started_at DESC
LIMIT 1;
