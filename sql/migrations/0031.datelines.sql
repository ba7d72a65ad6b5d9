-- Stories by dateline, newest first. Built beside running loads; if this is stopped in the middle, migrating again
-- starts over.
-- transactional: false
-- depends: 0030.word_counts

DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_dateline;
CREATE INDEX CONCURRENTLY articles_by_dateline ON news.articles (dateline, day DESC)
WHERE dateline IS NOT NULL;
