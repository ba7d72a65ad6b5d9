-- Checks stored rows against the foreign keys of 0026, in a transaction of its own: reading and loading go on.
-- depends: 0026.editions

ALTER TABLE news.articles VALIDATE CONSTRAINT articles_source_fkey;
ALTER TABLE news.editorials VALIDATE CONSTRAINT editorials_source_fkey;
ALTER TABLE news.runs VALIDATE CONSTRAINT runs_source_fkey;
ALTER TABLE news.revisions VALIDATE CONSTRAINT revisions_source_fkey;
ALTER TABLE news.rejects VALIDATE CONSTRAINT rejects_source_fkey;
ALTER TABLE news.pages VALIDATE CONSTRAINT pages_source_fkey;
