-- For the Newsroom page: each newspaper's newest stories, rejects and pages at once. Built beside running loads; if it
-- is interrupted, running it again starts over.
-- transactional: false
-- depends: 0005.indexes

DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_time;
CREATE INDEX CONCURRENTLY articles_by_time ON news.articles (source, published_at DESC NULLS LAST, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_time;
CREATE INDEX CONCURRENTLY editorials_by_time ON news.editorials (source, published_at DESC NULLS LAST, id DESC);
DROP INDEX CONCURRENTLY IF EXISTS news.rejects_by_newspaper;
CREATE INDEX CONCURRENTLY rejects_by_newspaper ON news.rejects (source, id);
DROP INDEX CONCURRENTLY IF EXISTS news.pages_by_newspaper;
CREATE INDEX CONCURRENTLY pages_by_newspaper ON news.pages (source, id);
