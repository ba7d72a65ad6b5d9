-- Five articles from the editions that the demo reads.
SELECT
    edition_date,
    section,
    dateline,
    title,
    array_to_string(authors, ', ') AS byline
FROM articles
WHERE edition_date IN ('2016-01-22', '2025-03-29')
ORDER BY edition_date ASC, word_count DESC, id ASC
LIMIT 5;
