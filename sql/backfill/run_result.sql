-- The result of one day's run: its outcome, the number of stories stored, and whether the site had any section page. On
-- days without a paper it has none.
SELECT
    run.outcome,
    coalesce((run.counts ->> 'stored')::integer, 0) AS stories,
    (
        SELECT count(*) > 0 FROM news.pages AS page
        WHERE page.run_id = run.id AND page.role = 'listing' AND page.outcome NOT IN ('gone', 'moved')
    ) AS has_sections
FROM news.runs AS run
WHERE run.batch = %(batch)s;
