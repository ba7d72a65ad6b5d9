-- The longest articles of Dawn's editions that the demo reads, and the newest of each other newspaper.
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY source
            ORDER BY
                edition_date IN ('2016-01-22', '2025-03-29') DESC NULLS LAST,
                edition_date ASC NULLS LAST,
                CASE WHEN source = 'dawn' THEN word_count END DESC NULLS LAST,
                published_at DESC NULLS LAST,
                id ASC
        ) AS place
    FROM articles
)

SELECT
    source,
    day,
    section,
    dateline,
    title,
    authors[1] AS first_author
FROM ranked
WHERE place <= CASE WHEN source = 'dawn' THEN 4 ELSE 2 END
ORDER BY source ASC, place ASC;
