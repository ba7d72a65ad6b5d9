-- The editorials in print order: the lead has the highest number.
SELECT
    edition_date,
    title,
    word_count,
    left(body, 60) || '…' AS opening
FROM editorials
WHERE edition_date < '2026-01-01'
ORDER BY edition_date ASC, story_id DESC;
