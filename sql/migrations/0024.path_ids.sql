-- Ids that are paths: what the columns say, and an index of pages by URL without a limit on its length. Built beside
-- running loads; if this is stopped in the middle, migrating again starts over.
-- transactional: false
-- depends: 0023.dates

DROP INDEX CONCURRENTLY IF EXISTS news.pages_by_address;
CREATE INDEX CONCURRENTLY pages_by_address ON news.pages USING hash (url);
DROP INDEX CONCURRENTLY IF EXISTS news.pages_by_url;

COMMENT ON COLUMN news.articles.story_id IS
'The publisher''s own id: a number, or the path of the story''s URL with letters of all scripts as themselves. source '
'and story_id identify a story.';
COMMENT ON COLUMN news.editorials.story_id IS
'The publisher''s own id: a number, or the path of the story''s URL with letters of all scripts as themselves. source '
'and story_id identify a story.';
COMMENT ON COLUMN news.revisions.story_id IS 'The publisher''s id of the story; see articles.story_id.';
COMMENT ON COLUMN news.rejects.story_id IS 'The publisher''s id of the story, if known; see articles.story_id.';
COMMENT ON COLUMN news.articles.completeness IS
'full: the story itself was read. listed: only title, excerpt and date are known, from a listing or because a paywall '
'cut the text.';
COMMENT ON COLUMN news.editorials.completeness IS
'full: the story itself was read. listed: only title, excerpt and date are known, from a listing or because a paywall '
'cut the text.';
