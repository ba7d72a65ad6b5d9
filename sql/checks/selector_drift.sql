-- Do the declared selectors still find the story's text? The crawl compares their text with the general reader's on a
-- sample of the pages. Newspapers whose text is found without declared selectors have no such sample.
WITH compared AS (
    SELECT
        coalesce(sum((runs.stats ->> 'akhbar/drift/compared')::integer) FILTER (WHERE run.is_current), 0) AS pages,
        coalesce(sum((runs.stats ->> 'akhbar/drift/apart')::integer) FILTER (WHERE run.is_current), 0) AS apart,
        coalesce(
            sum((runs.stats ->> 'akhbar/drift/apart')::numeric) FILTER (WHERE NOT run.is_current)
            / nullif(sum((runs.stats ->> 'akhbar/drift/compared')::integer) FILTER (WHERE NOT run.is_current), 0),
            0
        ) AS usual
    FROM news.comparable_runs(%(run_id)s) AS run
    INNER JOIN news.runs ON run.run_id = runs.id
)

SELECT
    'warning' AS severity,
    'the declared selectors may be out of date: compare a page with akhbar read, and fix the declaration' AS advice,
    'at most 1, or ' || round((usual + 0.2) * 100) || '%%' AS wanted,
    apart <= greatest(1, pages * (usual + 0.2)) AS passed,
    CASE
        WHEN pages = 0 THEN 'no pages were compared'
        ELSE apart || ' of ' || pages || ' sampled pages have another text according to the general reader'
    END AS seen
FROM compared;
