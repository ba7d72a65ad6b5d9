-- Did the crawl complete?
SELECT
    'error' AS severity,
    'a complete crawl' AS wanted,
    'everything that was fetched is stored; see the scrape task''s log, then run again to fetch the rest' AS advice,
    outcome = 'complete' AS passed,
    CASE outcome WHEN 'refused' THEN 'blocked' ELSE outcome END || coalesce(': ' || reason, '') AS seen
FROM news.runs
WHERE id = %(run_id)s;
