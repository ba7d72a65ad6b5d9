-- Rebuilds the search of stored stories, in small transactions while loads and queries go on: up to an hour for a
-- million stories. Until it is done, stories that it has not reached are found by their old words. If it is
-- interrupted, running it again continues where it stopped.
-- transactional: false
-- depends: 0025.search

CALL news.rebuild_search();

-- left by an interrupted REINDEX CONCURRENTLY
DROP INDEX CONCURRENTLY IF EXISTS news.articles_by_words_ccnew;
REINDEX INDEX CONCURRENTLY news.articles_by_words;
DROP INDEX CONCURRENTLY IF EXISTS news.editorials_by_words_ccnew;
REINDEX INDEX CONCURRENTLY news.editorials_by_words;
