-- Updates last_seen_at of stories whose pages returned 304 Not Modified. Runs with articles and then editorials in
-- place of news.stories.
UPDATE news.stories AS stored
SET last_seen_at = greatest(stored.last_seen_at, page.fetched_at)
FROM news.pages AS page
WHERE
    page.run_id = %(run_id)s
    AND page.outcome = 'unchanged'
    AND stored.source = page.source
    AND stored.story_id = page.story_id;
