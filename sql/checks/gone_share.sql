-- How many of the stories that listings named had no page of their own? A few always have none. Where most have
-- none, it is the newspaper's addresses that changed, and coverage, which does not expect such stories, would not tell.
SELECT
    'error' AS severity,
    'at most 5, or 30 %%' AS wanted,
    'open one of them in a browser; if it is there, the site''s addresses have changed: mend the spider' AS advice,
    gone <= greatest(5, discovered * 0.3) AS passed,
    format('%%s of %%s listed stories are gone or moved', gone, discovered) AS seen
FROM (
    SELECT
        coalesce((counts ->> 'discovered')::integer, 0) AS discovered,
        coalesce((counts ->> 'gone')::integer, 0) + coalesce((counts ->> 'moved')::integer, 0) AS gone
    FROM news.runs
    WHERE id = %(run_id)s
) AS run;
