-- Replay: archived pages read again. A story knows when the page was fetched that its text was read from, so that a
-- new reading of the same page is told from a change that the publisher made.
-- depends: 0012.alerts

ALTER TABLE news.runs DROP CONSTRAINT runs_mode_check;
ALTER TABLE news.runs ADD CONSTRAINT runs_mode_check CHECK (mode IN ('edition', 'latest', 'replay'));
COMMENT ON COLUMN news.runs.mode IS
'edition: one day''s print sections. latest: sitemap, feeds and front pages. replay: archived pages, read again.';
COMMENT ON COLUMN news.runs.finished_at IS 'When the crawl or the replay ended; none while it is under way.';

ALTER TABLE news.articles ADD COLUMN read_at timestamptz;
ALTER TABLE news.editorials ADD COLUMN read_at timestamptz;
COMMENT ON COLUMN news.articles.read_at IS
'When the page or feed was fetched that the present text was read from; none for stories of before this column.';
COMMENT ON COLUMN news.editorials.read_at IS
'When the page or feed was fetched that the present text was read from; none for stories of before this column.';
GRANT UPDATE (read_at) ON news.articles, news.editorials TO akhbar_writer;

COMMENT ON COLUMN news.revisions.changed_at IS
'When we first saw the text that replaced it; for a reparse, when we read the page again.';
COMMENT ON COLUMN news.revisions.run_id IS
'The run that brought the text which replaced it; for a reparse, the replay.';

CREATE TABLE news.replayed (
    run_id bigint NOT NULL REFERENCES news.runs,
    batch text NOT NULL,
    replayed_at timestamptz NOT NULL DEFAULT now(),
    counts jsonb NOT NULL,
    PRIMARY KEY (run_id, batch)
);

COMMENT ON TABLE news.replayed IS 'What each replay has been through, one row a batch: one that was stopped goes on.';
COMMENT ON COLUMN news.replayed.run_id IS 'The replay, a run of its own.';
COMMENT ON COLUMN news.replayed.batch IS 'The batch that was read again, as in runs.';
COMMENT ON COLUMN news.replayed.replayed_at IS 'When its stories were stored.';
COMMENT ON COLUMN news.replayed.counts IS
'Pages read, stories inserted, updated, unchanged, rejected and read otherwise than before (reparsed), the fields that '
'came out otherwise with examples, and the records that could not be read.';

GRANT SELECT, INSERT ON news.replayed TO akhbar_writer;
GRANT SELECT ON news.replayed TO akhbar_monitor;
