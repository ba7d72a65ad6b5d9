-- Did every fetched feed, sitemap and listing contain stories? The crawl reports a source as barren if it has entries
-- but no readable stories, and as empty if it has no entries. Barren is an error. Empty is normal for the feed of a
-- section without news: it is a warning only if every feed is empty, or if the source had stories in at least 80
-- percent of 3 to 14 earlier runs of the same kind. Paths are compared without the date that a listing's path contains.
WITH run AS (
    SELECT
        id,
        stats
    FROM news.runs
    WHERE id = %(run_id)s
),

compared AS (
    SELECT
        runs.id,
        runs.stats
    FROM news.comparable_runs(%(run_id)s) AS compared
    INNER JOIN news.runs ON compared.run_id = runs.id
    WHERE runs.id <> %(run_id)s
    ORDER BY runs.started_at DESC
    LIMIT 14
),

reported AS (
    SELECT
        substring(stat.name FROM '^akhbar/(barren|empty)/') AS problem,
        substring(stat.name FROM '^akhbar/(?:barren|empty)(/.*)$') AS path
    FROM run
    CROSS JOIN LATERAL jsonb_object_keys(run.stats) AS stat (name)
    WHERE stat.name ~ '^akhbar/(barren|empty)/'
),

earlier AS (
    SELECT
        page.path,
        count(*) AS answers,
        count(*) FILTER (
            WHERE NOT compared.stats ?| ARRAY['akhbar/barren' || page.path, 'akhbar/empty' || page.path]
        ) AS yields
    FROM compared
    CROSS JOIN
        LATERAL (
            SELECT DISTINCT substring(pages.url FROM '^[a-z]+://[^/]+(/[^?#]*)') AS path
            FROM news.pages
            WHERE pages.run_id = compared.id AND pages.role <> 'story' AND pages.outcome = 'parsed'
        ) AS page
    GROUP BY page.path
),

usual AS (
    SELECT regexp_replace(path, '\d{4}([-/])(\d\d|[a-z]{3})\1\d\d', '') AS path
    FROM earlier
    GROUP BY regexp_replace(path, '\d{4}([-/])(\d\d|[a-z]{3})\1\d\d', '')
    HAVING sum(answers) >= 3 AND sum(yields) >= sum(answers) * 0.8
),

feeds AS (
    SELECT
        count(*) AS answered,
        count(reported.path) AS silent
    FROM (
        SELECT DISTINCT substring(url FROM '^[a-z]+://[^/]+(/[^?#]*)') AS path
        FROM news.pages
        WHERE run_id = %(run_id)s AND role = 'feed' AND outcome = 'parsed'
    ) AS feed
    LEFT JOIN reported ON feed.path = reported.path
),

found AS (
    SELECT
        string_agg(path, ', ' ORDER BY path) FILTER (WHERE problem = 'barren') AS barren,
        string_agg(path, ', ' ORDER BY path) FILTER (
            WHERE
            problem = 'empty'
            AND regexp_replace(path, '\d{4}([-/])(\d\d|[a-z]{3})\1\d\d', '') IN (SELECT usual.path FROM usual)
        ) AS newly_empty,
        bool_and(feeds.answered > 0 AND feeds.answered = feeds.silent) AS are_feeds_silent
    FROM feeds
    LEFT JOIN reported ON true
)

SELECT
    CASE WHEN barren IS NOT null THEN 'error' ELSE 'warning' END AS severity,
    barren IS null AND newly_empty IS null AND NOT are_feeds_silent AS passed,
    'stories in every source that usually has some' AS wanted,
    coalesce(
        nullif(
            concat_ws(
                '; ',
                'entries, but no readable stories: ' || barren,
                'empty, although earlier runs found stories: ' || newly_empty,
                CASE WHEN are_feeds_silent THEN 'no feed contains a story' END
            ),
            ''
        ),
        'no unexpectedly empty source'
    ) AS seen,
    'open these pages on the site: if they list stories, their format or the URLs of stories have changed: '
    || 'fix the newspaper''s declaration or the parser; remove sources that the site has discontinued' AS advice
FROM found;
