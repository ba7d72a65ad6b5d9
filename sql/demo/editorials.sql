-- Dawn's editorials in print order, in which the lead has the highest number, and the newest of each other newspaper.
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY source ORDER BY published_at DESC NULLS LAST, id ASC) AS place
    FROM editorials
)

SELECT
    source,
    day,
    title,
    word_count,
    left(body, 50) || '…' AS opening
FROM ranked
WHERE edition_date < '2026-01-01' OR (source <> 'dawn' AND place <= 2)
ORDER BY source ASC, day ASC, story_id DESC;
