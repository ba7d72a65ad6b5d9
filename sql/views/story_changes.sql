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
    old.run_id
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
'How stories changed after publication: one row a change, with the paragraphs that went and came.';
COMMENT ON COLUMN news.story_changes.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.story_changes.story_id IS 'The publisher''s own number of the story.';
COMMENT ON COLUMN news.story_changes.kind IS 'article or editorial.';
COMMENT ON COLUMN news.story_changes.url IS 'The story''s address.';
COMMENT ON COLUMN news.story_changes.section IS 'Its section.';
COMMENT ON COLUMN news.story_changes.day IS 'The day the story belongs to.';
COMMENT ON COLUMN news.story_changes.revision IS 'The revision that was replaced, from 1.';
COMMENT ON COLUMN news.story_changes.next_revision IS 'The revision that replaced it.';
COMMENT ON COLUMN news.story_changes.reason IS
'edit: the publisher changed the story. reparse: we read the same page better.';
COMMENT ON COLUMN news.story_changes.seen_at IS 'When we first saw the text that was replaced.';
COMMENT ON COLUMN news.story_changes.changed_at IS 'When we first saw the text that replaced it.';
COMMENT ON COLUMN news.story_changes.title_before IS 'The headline before.';
COMMENT ON COLUMN news.story_changes.title_after IS 'The headline after.';
COMMENT ON COLUMN news.story_changes.headline_changed IS 'Whether the headline changed.';
COMMENT ON COLUMN news.story_changes.words_before IS 'Words of the body before.';
COMMENT ON COLUMN news.story_changes.words_after IS 'Words of the body after.';
COMMENT ON COLUMN news.story_changes.diff IS
'Headline, byline, standfirst and paragraphs, a line each: "- " went, "+ " came, "  " stayed.';
COMMENT ON COLUMN news.story_changes.run_id IS 'The run that saw the change.';

GRANT SELECT ON news.story_changes TO akhbar_reader, akhbar_bi;
