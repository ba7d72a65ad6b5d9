DROP TYPE news.similar_story;
DROP TYPE news.found_story;
DROP FUNCTION news.month_number(date);
DROP TRIGGER set_day ON news.articles;
DROP TRIGGER set_day ON news.editorials;
DROP FUNCTION news.set_day();
ALTER TABLE news.articles DROP COLUMN day, DROP COLUMN copy_keys;
ALTER TABLE news.editorials DROP COLUMN day, DROP COLUMN copy_keys;
DROP TABLE news.newspapers;
