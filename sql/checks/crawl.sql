-- Did the crawl read everything that it was sent for?
SELECT
    'error' AS severity,
    'a complete crawl' AS wanted,
    'what could be read is stored; look at the scrape task''s log and run the edition again for the rest' AS advice,
    outcome = 'complete' AS passed,
    outcome || coalesce(': ' || reason, '') AS seen
FROM news.runs
WHERE id = %(run_id)s;
