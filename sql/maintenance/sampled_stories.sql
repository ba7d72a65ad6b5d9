-- Random stories with the fields that their content hashes are computed from.
SELECT
    url,
    content_hash,
    title,
    excerpt,
    body,
    authors,
    section,
    dateline,
    published_at,
    edition_date,
    image_url,
    image_caption,
    tags,
    published_date
FROM news.stories
WHERE
    id = any(array(
        SELECT chosen.id FROM news.stories AS chosen
        ORDER BY random()
        LIMIT %(sample)s
    ));
