-- How many stories the publisher changed since a moment.
SELECT count(DISTINCT story_id) AS stories
FROM news.revisions
WHERE source = %(source)s AND reason = 'edit' AND changed_at >= %(since)s;
