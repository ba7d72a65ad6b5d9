-- Checks stored rows against the constraints of 0021, in a transaction of its own: reading and loading go on meanwhile.
-- depends: 0021.general_reader

ALTER TABLE news.articles VALIDATE CONSTRAINT articles_extracted_by_check;
ALTER TABLE news.editorials VALIDATE CONSTRAINT articles_extracted_by_check;
