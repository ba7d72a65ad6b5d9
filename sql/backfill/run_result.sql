-- How the run of a day went: its outcome, the stories stored, and whether the site had a page for any section. It has
-- none on days without a paper.
SELECT
    run.outcome,
    coalesce((run.counts ->> 'stored')::integer, 0) AS stories,
    (
        SELECT count(*) > 0 FROM news.pages AS page
        WHERE page.run_id = run.id AND page.role = 'listing' AND page.outcome NOT IN ('gone', 'moved')
    ) AS has_sections
FROM news.runs AS run
WHERE run.batch = %(batch)s;
