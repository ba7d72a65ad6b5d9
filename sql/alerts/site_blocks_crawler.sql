-- Does the site block the crawler? The alert stays open until a crawl that requested pages completes.
SELECT
    'refused ' || run.source AS problem,
    CASE WHEN run.outcome = 'refused' THEN format(
        '%%s blocks the crawler: %%s. Later runs retry pages after 1, 2, 4 and up to 24 hours. '
        'Check that AKHBAR_DELAY is at least 2.',
        paper.publisher, run.reason
    ) END AS message
FROM news.runs AS run
INNER JOIN news.newspapers AS paper ON run.source = paper.source
WHERE
    run.source = %(source)s
    AND run.outcome IN ('complete', 'refused')
    AND NOT run.stats ? 'akhbar/pages_paused_until'
    AND coalesce(run.reason NOT LIKE 'AKHBAR_CONTACT%%', TRUE)
ORDER BY run.started_at DESC
LIMIT 1;
