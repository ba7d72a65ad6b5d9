-- Indexes for search and for days. Built concurrently, without blocking loads or queries. If the migration
-- is interrupted, running it again starts over.
-- transactional: false
-- depends: 0004.day

CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA public;

-- One index for words and months together: the newest stories with frequent words are found without looking at all.
DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_words;
CREATE INDEX CONCURRENTLY articles_by_words ON news.articles USING gin (search, news.month_number(day));
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_words;
CREATE INDEX CONCURRENTLY editorials_by_words ON news.editorials USING gin (search, news.month_number(day));
DROP INDEX CONCURRENTLY IF EXISTS news.articles_search_idx;
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_search_idx;

-- Days and sections, with what the daily views add up, so that these need not touch the stories.
DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_day;
CREATE INDEX CONCURRENTLY articles_by_day ON news.articles (source, day, section) INCLUDE (word_count);
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_day;
CREATE INDEX CONCURRENTLY editorials_by_day ON news.editorials (source, day, section) INCLUDE (word_count);
DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_section;
CREATE INDEX CONCURRENTLY articles_by_section ON news.articles (source, section);
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_section;
CREATE INDEX CONCURRENTLY editorials_by_section ON news.editorials (source, section);

DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_copy_keys;
CREATE INDEX CONCURRENTLY articles_by_copy_keys ON news.articles USING gin (copy_keys);
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_copy_keys;
CREATE INDEX CONCURRENTLY editorials_by_copy_keys ON news.editorials USING gin (copy_keys);
