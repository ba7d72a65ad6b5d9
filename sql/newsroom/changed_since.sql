-- Number of stories that the publisher changed since a given time.
SELECT count(DISTINCT story_id) AS stories
FROM news.revisions
WHERE source = %(source)s AND reason = 'edit' AND changed_at >= %(since)s;
