-- Indexes of stored_at, and the triggers that set it. Built beside running loads; if this is stopped in the middle,
-- migrating again starts over. The triggers come last, because they look up the newest stored_at. Creating one waits
-- until the loads that are running have ended, and reading goes on meanwhile.
-- transactional: false
-- depends: 0028.stored_at

DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_stored_at;
CREATE INDEX CONCURRENTLY articles_by_stored_at ON news.articles (stored_at);
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_stored_at;
CREATE INDEX CONCURRENTLY editorials_by_stored_at ON news.editorials (stored_at);

-- All columns but last_seen_at and read_at, which change whenever a story is seen again, and search, which follows
-- from the others.
CREATE OR REPLACE TRIGGER stamp_transaction BEFORE INSERT OR UPDATE OF
id, source, story_id, kind, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
published_date, edition_date, day, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
content_hash, copy_keys, revision, first_seen_at, run_id, stored_at
ON news.articles
FOR EACH STATEMENT EXECUTE FUNCTION news.stamp_transaction();
CREATE OR REPLACE TRIGGER set_stored_at BEFORE INSERT ON news.articles
FOR EACH ROW EXECUTE FUNCTION news.set_stored_at();
CREATE OR REPLACE TRIGGER renew_stored_at BEFORE UPDATE OF
id, source, story_id, kind, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
published_date, edition_date, day, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
content_hash, copy_keys, revision, first_seen_at, run_id, stored_at
ON news.articles
FOR EACH ROW WHEN (
    (
        old.id, old.source, old.story_id, old.kind, old.url, old.title, old.excerpt, old.body, old.authors,
        old.section, old.dateline, old.published_at, old.updated_at, old.published_date, old.edition_date, old.day,
        old.image_url, old.image_caption, old.tags, old.language, old.extracted_by, old.completeness, old.word_count,
        old.content_hash, old.copy_keys, old.revision, old.first_seen_at, old.run_id, old.stored_at
    ) IS DISTINCT FROM (
        new.id, new.source, new.story_id, new.kind, new.url, new.title, new.excerpt, new.body, new.authors,
        new.section, new.dateline, new.published_at, new.updated_at, new.published_date, new.edition_date, new.day,
        new.image_url, new.image_caption, new.tags, new.language, new.extracted_by, new.completeness, new.word_count,
        new.content_hash, new.copy_keys, new.revision, new.first_seen_at, new.run_id, new.stored_at
    )
)
EXECUTE FUNCTION news.set_stored_at();
CREATE OR REPLACE TRIGGER stamp_transaction BEFORE INSERT OR UPDATE OF
id, source, story_id, kind, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
published_date, edition_date, day, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
content_hash, copy_keys, revision, first_seen_at, run_id, stored_at
ON news.editorials
FOR EACH STATEMENT EXECUTE FUNCTION news.stamp_transaction();
CREATE OR REPLACE TRIGGER set_stored_at BEFORE INSERT ON news.editorials
FOR EACH ROW EXECUTE FUNCTION news.set_stored_at();
CREATE OR REPLACE TRIGGER renew_stored_at BEFORE UPDATE OF
id, source, story_id, kind, url, title, excerpt, body, authors, section, dateline, published_at, updated_at,
published_date, edition_date, day, image_url, image_caption, tags, language, extracted_by, completeness, word_count,
content_hash, copy_keys, revision, first_seen_at, run_id, stored_at
ON news.editorials
FOR EACH ROW WHEN (
    (
        old.id, old.source, old.story_id, old.kind, old.url, old.title, old.excerpt, old.body, old.authors,
        old.section, old.dateline, old.published_at, old.updated_at, old.published_date, old.edition_date, old.day,
        old.image_url, old.image_caption, old.tags, old.language, old.extracted_by, old.completeness, old.word_count,
        old.content_hash, old.copy_keys, old.revision, old.first_seen_at, old.run_id, old.stored_at
    ) IS DISTINCT FROM (
        new.id, new.source, new.story_id, new.kind, new.url, new.title, new.excerpt, new.body, new.authors,
        new.section, new.dateline, new.published_at, new.updated_at, new.published_date, new.edition_date, new.day,
        new.image_url, new.image_caption, new.tags, new.language, new.extracted_by, new.completeness, new.word_count,
        new.content_hash, new.copy_keys, new.revision, new.first_seen_at, new.run_id, new.stored_at
    )
)
EXECUTE FUNCTION news.set_stored_at();
