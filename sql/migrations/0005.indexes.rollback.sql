CREATE INDEX ON news.articles USING gin (search);
CREATE INDEX ON news.editorials USING gin (search);
DROP INDEX news.articles_by_words, news.articles_by_day, news.articles_by_section, news.articles_by_copy_keys;
DROP INDEX news.editorials_by_words, news.editorials_by_day, news.editorials_by_section, news.editorials_by_copy_keys;
