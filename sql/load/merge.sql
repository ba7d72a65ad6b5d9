-- Merges the staged stories. Runs with articles and then editorials in place of news.stories.
-- A new title or body is an edit. A new excerpt or byline is an edit only if both versions were extracted the same way.
UPDATE staged
SET is_edit = true
FROM news.stories AS stored
WHERE
    stored.source = staged.source
    AND stored.story_id = staged.story_id
    AND stored.completeness = 'full'
    AND (
        stored.title <> staged.title
        OR stored.body IS DISTINCT FROM staged.body
        OR (
            stored.extracted_by = staged.extracted_by
            AND (stored.excerpt IS DISTINCT FROM staged.excerpt OR stored.authors <> staged.authors)
        )
    );

-- If the tables were emptied and refilled, the revision number may belong to another text: continue after the last one.
UPDATE news.stories AS stored
SET
    revision = (
        SELECT max(kept.revision) + 1
        FROM news.revisions AS kept
        WHERE kept.source = stored.source AND kept.story_id = stored.story_id
    )
FROM staged
WHERE
    staged.is_edit
    AND stored.source = staged.source
    AND stored.story_id = staged.story_id
    AND EXISTS (
        SELECT
        FROM news.revisions AS kept
        WHERE
            kept.source = stored.source
            AND kept.story_id = stored.story_id
            AND kept.revision = stored.revision
            AND kept.content_hash <> stored.content_hash
    );

-- edit: the publisher changed the story. reparse: the same page was read again with a different result.
INSERT INTO news.revisions (
    source, story_id, revision, title, excerpt, body, authors, content_hash, updated_at, seen_at, changed_at, reason,
    run_id
)
SELECT
    stored.source,
    stored.story_id,
    stored.revision,
    stored.title,
    stored.excerpt,
    stored.body,
    stored.authors,
    stored.content_hash,
    stored.updated_at,
    CASE WHEN since.at <= now() THEN since.at ELSE candidates.seen_at END,
    CASE WHEN same.page THEN now() ELSE candidates.seen_at END,
    CASE WHEN same.page THEN 'reparse' ELSE 'edit' END,
    CASE WHEN same.page THEN %(replay_id)s ELSE %(run_id)s END
FROM news.stories AS stored
INNER JOIN staged ON stored.source = staged.source AND stored.story_id = staged.story_id
INNER JOIN candidates ON staged.story_id = candidates.story_id
CROSS JOIN
    LATERAL (
        SELECT coalesce(stored.read_at, stored.last_seen_at) BETWEEN candidates.seen_at AND now()
    ) AS same (page)
LEFT JOIN news.revisions AS earlier
    ON
        stored.source = earlier.source
        AND stored.story_id = earlier.story_id
        AND stored.revision - 1 = earlier.revision
CROSS JOIN LATERAL (SELECT coalesce(earlier.changed_at, stored.first_seen_at)) AS since (at)
WHERE staged.is_edit
ON CONFLICT (source, story_id, revision) DO NOTHING;

-- Keeps the stored section, edition, update and image if the new version has none.
UPDATE news.stories AS stored
SET
    url = staged.url,
    title = staged.title,
    excerpt = staged.excerpt,
    body = staged.body,
    authors = staged.authors,
    section = coalesce(staged.section, stored.section),
    dateline = staged.dateline,
    published_at = staged.published_at,
    updated_at = coalesce(staged.updated_at, stored.updated_at),
    published_date = staged.published_date,
    edition_date = coalesce(staged.edition_date, stored.edition_date),
    image_url = coalesce(staged.image_url, stored.image_url),
    image_caption = coalesce(staged.image_caption, stored.image_caption),
    tags = staged.tags,
    language = staged.language,
    extracted_by = staged.extracted_by,
    completeness = staged.completeness,
    word_count = staged.word_count,
    content_hash = staged.content_hash,
    copy_keys = staged.copy_keys,
    revision = stored.revision + staged.is_edit::integer,
    -- a last_seen_at in the future comes from a wrong clock
    last_seen_at = greatest(
        stored.first_seen_at,
        CASE WHEN stored.last_seen_at <= now() THEN stored.last_seen_at END,
        candidates.seen_at
    ),
    read_at = candidates.seen_at,
    run_id = %(run_id)s
FROM staged
INNER JOIN candidates ON staged.story_id = candidates.story_id
WHERE stored.source = staged.source AND stored.story_id = staged.story_id;

INSERT INTO news.stories (
    source, story_id, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
    published_date, edition_date, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
    content_hash, copy_keys, revision, first_seen_at, last_seen_at, read_at, run_id
)
SELECT
    staged.source,
    staged.story_id,
    staged.url,
    staged.title,
    staged.excerpt,
    staged.body,
    staged.authors,
    staged.section,
    staged.dateline,
    staged.published_at,
    staged.updated_at,
    staged.published_date,
    staged.edition_date,
    staged.image_url,
    staged.image_caption,
    staged.tags,
    staged.language,
    staged.extracted_by,
    staged.completeness,
    staged.word_count,
    staged.content_hash,
    staged.copy_keys,
    history.next,
    candidates.seen_at,
    candidates.seen_at,
    candidates.seen_at,
    %(run_id)s
FROM staged
INNER JOIN candidates ON staged.story_id = candidates.story_id
CROSS JOIN
    LATERAL (
        -- 1, unless the tables were emptied but the revisions kept: then the number of this text among the revisions
        SELECT
            coalesce(
                min(kept.revision) FILTER (WHERE kept.changed_at > candidates.seen_at), max(kept.revision) + 1, 1
            ) AS next
        FROM news.revisions AS kept
        WHERE kept.source = staged.source AND kept.story_id = staged.story_id
    ) AS history
WHERE candidates.action = 'insert' AND candidates.kind = %(kind)s;
