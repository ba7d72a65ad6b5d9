-- Clears the archive positions of a run's pages; the other columns stay.
UPDATE news.pages
SET warc_offset = NULL, warc_length = NULL
WHERE run_id = %(run_id)s AND warc_offset IS NOT NULL;
