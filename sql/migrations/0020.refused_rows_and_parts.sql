-- What Postgres said when it refused a row, the codes of rejects that storing adds, and the parts of a batch.
-- depends: 0018.page_problems

ALTER TABLE news.rejects ADD COLUMN message text;

COMMENT ON COLUMN news.rejects.message IS
'What Postgres said, for refused_by_database; what is wrong with the line, for damaged_record; otherwise null.';

ALTER TABLE news.pages ADD COLUMN part integer;

COMMENT ON COLUMN news.pages.part IS
'The part of the run''s batch whose pages.warc.gz holds the record; each try of the crawl has its own part. Null for '
'batches written by earlier versions, which have a single file.';
COMMENT ON COLUMN news.rejects.reasons IS
'Reason codes: missing_id, id_too_long, missing_title, missing_date, date_in_future, body_too_short, not_a_story, '
'wrong_host; for a page that is not its story: consent_page, login_page, redirect_page, blocked_region, script_page; '
'refused_by_database: Postgres did not accept the row; damaged_record: a line of the batch could not be read.';
