-- Stories of an edition that its last run was told of and could not store in full: it broke off, or their pages failed.
-- Some are named by no listing, only by a box beside other stories, whose pages a later run has no reason to read.
SELECT run.counts -> 'missing' AS stories
FROM news.runs AS run
WHERE
    run.source = %(source)s
    AND run.mode = 'edition'
    AND run.edition_date = %(edition)s
    AND run.loaded_at IS NOT NULL
ORDER BY run.started_at DESC
LIMIT 1;
