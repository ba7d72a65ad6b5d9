DELETE FROM news.pages
WHERE outcome = 'unchanged';
ALTER TABLE news.pages DROP CONSTRAINT pages_outcome_check;
ALTER TABLE news.pages ADD CONSTRAINT pages_outcome_check
CHECK (outcome IN ('parsed', 'gone', 'moved', 'failed', 'refused'));
