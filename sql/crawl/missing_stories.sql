-- Stories of an edition that its last run was told of and could not store in full: it broke off, or their pages failed,
-- or led elsewhere, as a site's do when it asks for a login for a while.
-- Some are named by no listing, only by a box beside other stories, whose pages a later run has no reason to read.
SELECT
    coalesce(run.counts -> 'missing', '[]'::jsonb) || (
        SELECT
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'story_id', boxed.story_id,
                        'kind', 'editorial',
                        'url', boxed.url,
                        'section', boxed.section,
                        'excerpt', boxed.excerpt,
                        'edition_date', boxed.edition_date
                    ) ORDER BY boxed.story_id
                ),
                '[]'::jsonb
            )
        FROM news.editorials AS boxed
        INNER JOIN news.pages AS page ON boxed.story_id = page.story_id
        WHERE
            page.run_id = run.id
            AND page.outcome = 'moved'
            AND boxed.source = run.source
            AND boxed.completeness = 'listed'
    ) AS stories
FROM news.runs AS run
WHERE
    run.source = %(source)s
    AND run.mode = 'edition'
    AND run.edition_date = %(edition)s
    AND run.loaded_at IS NOT NULL
ORDER BY run.started_at DESC
LIMIT 1;
