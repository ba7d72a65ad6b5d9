-- Archived pages in file order: all of them, or a random sample. Skips runs in progress, whose batches are being
-- written.
SELECT
    batch,
    part,
    warc_offset,
    digest,
    url
FROM (
    SELECT
        run.batch,
        page.part,
        page.warc_offset,
        page.digest,
        page.url
    FROM news.pages AS page
    INNER JOIN news.runs AS run ON page.run_id = run.id
    WHERE page.warc_offset IS NOT NULL AND run.outcome <> 'running'
    ORDER BY random()
    LIMIT %(sample)s
) AS chosen
ORDER BY batch, part, warc_offset;
