-- Looking again at stories: a page may answer that it has not changed.
-- depends: 0005.indexes

ALTER TABLE news.pages DROP CONSTRAINT pages_outcome_check;
ALTER TABLE news.pages ADD CONSTRAINT pages_outcome_check
CHECK (outcome IN ('parsed', 'unchanged', 'gone', 'moved', 'failed', 'refused'));

COMMENT ON COLUMN news.pages.outcome IS
'parsed: read. unchanged: the site answered that it is as we last read it (304). gone: the site has it no longer. '
'moved: it leads elsewhere, for example to a sister site. failed: it could not be had or read. '
'refused: the newspaper did not want to be read.';
COMMENT ON COLUMN news.articles.last_seen_at IS
'When we last read the story''s text, or were told that it had not changed.';
COMMENT ON COLUMN news.editorials.last_seen_at IS
'When we last read the story''s text, or were told that it had not changed.';
COMMENT ON COLUMN news.runs.counts IS
'Stories discovered, known, looked at again, fetched, unchanged (so the site said), gone, moved, failed, rejected, '
'stored, by table and by section, and the coverage.';
