CREATE OR REPLACE VIEW news.story_changes AS
SELECT
    old.source,
    old.story_id,
    story.kind,
    story.url,
    story.section,
    story.day,
    old.revision,
    old.revision + 1 AS next_revision,
    old.reason,
    old.seen_at,
    old.changed_at,
    old.title AS title_before,
    new.title AS title_after,
    old.title <> new.title AS headline_changed,
    array_length(regexp_split_to_array(trim(old.body), '\s+'), 1) AS words_before,
    array_length(regexp_split_to_array(trim(new.body), '\s+'), 1) AS words_after,
    news.paragraph_diff(
        concat_ws(E'\n\n', old.title, 'By ' || nullif(array_to_string(old.authors, ', '), ''), old.excerpt, old.body),
        concat_ws(E'\n\n', new.title, 'By ' || nullif(array_to_string(new.authors, ', '), ''), new.excerpt, new.body)
    ) AS diff,
    old.run_id,
    story.published_local
FROM news.revisions AS old
INNER JOIN news.stories AS story ON old.source = story.source AND old.story_id = story.story_id
LEFT JOIN news.revisions AS later
    ON old.source = later.source AND old.story_id = later.story_id AND old.revision + 1 = later.revision
CROSS JOIN LATERAL (
    SELECT
        coalesce(later.title, story.title) AS title,
        CASE WHEN later.id IS NULL THEN story.excerpt ELSE later.excerpt END AS excerpt,
        CASE WHEN later.id IS NULL THEN story.body ELSE later.body END AS body,
        coalesce(later.authors, story.authors) AS authors
) AS new;

COMMENT ON VIEW news.story_changes IS
'How stories changed after publication: one row per change, with the paragraphs removed and added.';
COMMENT ON COLUMN news.story_changes.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.story_changes.story_id IS 'The publisher''s id of the story; see stories.story_id.';
COMMENT ON COLUMN news.story_changes.kind IS 'article or editorial.';
COMMENT ON COLUMN news.story_changes.url IS 'URL of the story.';
COMMENT ON COLUMN news.story_changes.section IS 'Section of the story.';
COMMENT ON COLUMN news.story_changes.day IS 'Day of the story; see stories.day.';
COMMENT ON COLUMN news.story_changes.revision IS 'Revision that was replaced, starting at 1.';
COMMENT ON COLUMN news.story_changes.next_revision IS 'Revision that replaced it.';
COMMENT ON COLUMN news.story_changes.reason IS
'edit: the publisher changed the story. reparse: the same page was read again with a different result.';
COMMENT ON COLUMN news.story_changes.seen_at IS 'When the replaced text was first seen.';
COMMENT ON COLUMN news.story_changes.changed_at IS
'When the new text was first seen; for a reparse, when the page was read again.';
COMMENT ON COLUMN news.story_changes.title_before IS 'Headline before the change.';
COMMENT ON COLUMN news.story_changes.title_after IS 'Headline after the change.';
COMMENT ON COLUMN news.story_changes.headline_changed IS 'Whether the headline changed.';
COMMENT ON COLUMN news.story_changes.words_before IS 'Words in the body before the change.';
COMMENT ON COLUMN news.story_changes.words_after IS 'Words in the body after the change.';
COMMENT ON COLUMN news.story_changes.diff IS
'Headline, byline, standfirst and paragraphs, one line each: "- " removed, "+ " added, "  " unchanged.';
COMMENT ON COLUMN news.story_changes.run_id IS 'Run that found the new text; for a reparse, the replay.';
COMMENT ON COLUMN news.story_changes.published_local IS
'Date and time of publication on the newspaper''s clock; see stories.published_local.';

GRANT SELECT ON news.story_changes TO akhbar_reader, akhbar_bi;
