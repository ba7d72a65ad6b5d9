DROP TRIGGER keep_words ON news.articles;
DROP TRIGGER keep_words ON news.editorials;
DROP FUNCTION news.keep_words();
GRANT UPDATE ON news.articles, news.editorials TO akhbar_writer;
