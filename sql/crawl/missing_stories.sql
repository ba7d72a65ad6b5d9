-- Stories that an edition's last run discovered but did not store in full: the run was interrupted, their pages failed,
-- or the site redirected them, for example to a temporary login page.
-- Some are linked only from the sidebar of other stories, whose pages a later run has no reason to fetch.
SELECT
    coalesce(run.counts -> 'missing', '[]'::jsonb) || (
        SELECT
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'story_id', listed.story_id,
                        'kind', 'editorial',
                        'url', listed.url,
                        'section', listed.section,
                        'excerpt', listed.excerpt,
                        'edition_date', listed.edition_date
                    ) ORDER BY listed.story_id
                ),
                '[]'::jsonb
            )
        FROM news.editorials AS listed
        INNER JOIN news.pages AS page ON listed.story_id = page.story_id
        WHERE
            page.run_id = run.id
            AND page.outcome = 'moved'
            AND listed.source = run.source
            AND listed.completeness = 'listed'
    ) AS stories
FROM news.runs AS run
WHERE
    run.source = %(source)s
    AND run.mode = 'edition'
    AND run.edition_date = %(edition)s
    AND run.loaded_at IS NOT NULL
ORDER BY run.started_at DESC
LIMIT 1;
