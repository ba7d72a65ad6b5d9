-- Does the newspaper refuse us? It does until a crawl is complete again.
SELECT
    'refused ' || run.source AS problem,
    CASE WHEN run.outcome = 'refused' THEN format(
        '%%s does not want to be read: %%s. Do nothing for some hours, then run %%s again; is AKHBAR_DELAY at least 2?',
        paper.publisher, run.reason, coalesce(run.dag_id, 'it')
    ) END AS message
FROM news.runs AS run
INNER JOIN news.newspapers AS paper ON run.source = paper.source
WHERE run.source = %(source)s AND run.outcome IN ('complete', 'refused')
ORDER BY run.started_at DESC
LIMIT 1;
