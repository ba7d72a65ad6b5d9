-- Are most of the listed stories gone or moved? A few are normal. If most are, the site's URLs have changed; the
-- coverage check would miss this because it does not expect gone or moved stories.
SELECT
    'error' AS severity,
    'at most 5, or 30%%' AS wanted,
    'open one of them in a browser; if it loads, the site''s URLs have changed: fix the spider' AS advice,
    gone <= greatest(5, discovered * 0.3) AS passed,
    format('%%s of %%s listed stories are gone or moved', gone, discovered) AS seen
FROM (
    SELECT
        coalesce((counts ->> 'discovered')::integer, 0) AS discovered,
        coalesce((counts ->> 'gone')::integer, 0) + coalesce((counts ->> 'moved')::integer, 0) AS gone
    FROM news.runs
    WHERE id = %(run_id)s
) AS run;
