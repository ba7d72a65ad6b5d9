-- Did the run request pages? It does not for some hours after the site has refused them.
SELECT
    'warning' AS severity,
    'pages are requested' AS wanted,
    'the site blocked pages; only what feeds carry is stored until then; akhbar run --recheck tries at once' AS advice,
    NOT run.stats ? 'akhbar/pages_paused_until' AS passed,
    CASE
        WHEN run.stats ? 'akhbar/pages_paused_until'
            THEN
                format(
                    'no page was requested; pages are tried again after %%s %%s',
                    to_char(
                        (run.stats ->> 'akhbar/pages_paused_until')::timestamptz AT TIME ZONE coalesce(
                            paper.time_zone, 'UTC'
                        ),
                        'YYYY-MM-DD HH24:MI'
                    ),
                    coalesce(paper.time_zone, 'UTC')
                )
        ELSE 'pages were requested'
    END AS seen
FROM news.runs AS run
LEFT JOIN news.newspapers AS paper ON run.source = paper.source
WHERE run.id = %(run_id)s;
