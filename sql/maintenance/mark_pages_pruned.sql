-- The pages of a run keep their facts, and lie nowhere any more.
UPDATE news.pages
SET warc_offset = NULL, warc_length = NULL
WHERE run_id = %(run_id)s AND warc_offset IS NOT NULL;
