DROP TABLE news.replayed;
ALTER TABLE news.articles DROP COLUMN read_at;
ALTER TABLE news.editorials DROP COLUMN read_at;
UPDATE news.runs
SET mode = 'latest'
WHERE mode = 'replay';
ALTER TABLE news.runs DROP CONSTRAINT runs_mode_check;
ALTER TABLE news.runs ADD CONSTRAINT runs_mode_check CHECK (mode IN ('edition', 'latest'));
