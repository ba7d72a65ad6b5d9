-- Indexes of stories without a time of publication, newest first: small for a newspaper that shows times. Built beside
-- running loads; if this is stopped in the middle, migrating again starts over.
-- transactional: false
-- depends: 0022.general_reader_checked

DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_date;
CREATE INDEX CONCURRENTLY articles_by_date ON news.articles (source, published_date DESC NULLS LAST, id DESC)
WHERE published_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_date;
CREATE INDEX CONCURRENTLY editorials_by_date ON news.editorials (source, published_date DESC NULLS LAST, id DESC)
WHERE published_at IS NULL;
