-- Archived pages in the order of their files: all of them, or so many taken at random. Not those of a run under way,
-- whose batch is being written.
SELECT
    batch,
    warc_offset,
    digest,
    url
FROM (
    SELECT
        run.batch,
        page.warc_offset,
        page.digest,
        page.url
    FROM news.pages AS page
    INNER JOIN news.runs AS run ON page.run_id = run.id
    WHERE page.warc_offset IS NOT NULL AND run.outcome <> 'running'
    ORDER BY random()
    LIMIT %(sample)s
) AS chosen
ORDER BY batch, warc_offset;
