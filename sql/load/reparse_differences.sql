-- Fields whose value changes when the same page is read again: one row per story and field. Runs before the merge,
-- with articles and then editorials in place of news.stories.
SELECT
    staged.story_id,
    field.name,
    field.before,
    field.after
FROM staged
INNER JOIN candidates ON staged.story_id = candidates.story_id
INNER JOIN news.stories AS stored ON staged.source = stored.source AND staged.story_id = stored.story_id
CROSS JOIN
    LATERAL (
        VALUES
        ('title', stored.title, staged.title),
        ('excerpt', stored.excerpt, staged.excerpt),
        ('body', stored.body, staged.body),
        ('authors', array_to_string(stored.authors, ', '), array_to_string(staged.authors, ', ')),
        ('section', stored.section, coalesce(staged.section, stored.section)),
        ('dateline', stored.dateline, staged.dateline),
        ('published_at', stored.published_at::text, staged.published_at::text),
        ('published_date', stored.published_date::text, staged.published_date::text),
        ('edition_date', stored.edition_date::text, coalesce(staged.edition_date, stored.edition_date)::text),
        ('image_url', stored.image_url, coalesce(staged.image_url, stored.image_url)),
        ('image_caption', stored.image_caption, coalesce(staged.image_caption, stored.image_caption)),
        ('tags', array_to_string(stored.tags, ', '), array_to_string(staged.tags, ', ')),
        ('extracted_by', stored.extracted_by, staged.extracted_by)
    ) AS field (name, before, after)
WHERE
    coalesce(stored.read_at, stored.last_seen_at) BETWEEN candidates.seen_at AND now()
    AND field.before IS DISTINCT FROM field.after
ORDER BY staged.story_id, field.name;
