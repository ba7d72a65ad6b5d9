-- One story in full.
SELECT
    kind,
    story_id,
    url,
    title,
    language,
    authors,
    section,
    day,
    edition_date,
    published_at,
    published_date,
    word_count,
    revision,
    run_id,
    excerpt,
    body,
    dateline,
    updated_at,
    first_seen_at,
    last_seen_at,
    extracted_by,
    completeness
FROM news.stories
WHERE source = %(source)s AND story_id = %(story_id)s;
