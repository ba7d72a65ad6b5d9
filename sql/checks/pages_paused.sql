-- Did the run request pages? Runs do not, for some hours after the site has blocked them.
SELECT
    'warning' AS severity,
    'page requests' AS wanted,
    'the site blocked its pages; until then, only stories from feeds are stored; akhbar run --recheck retries at once'
        AS advice,
    NOT run.stats ? 'akhbar/pages_paused_until' AS passed,
    CASE
        WHEN run.stats ? 'akhbar/pages_paused_until'
            THEN
                format(
                    'no page requests; pages will be retried after %%s %%s',
                    to_char(
                        (run.stats ->> 'akhbar/pages_paused_until')::timestamptz AT TIME ZONE coalesce(
                            paper.time_zone, 'UTC'
                        ),
                        'YYYY-MM-DD HH24:MI'
                    ),
                    coalesce(paper.time_zone, 'UTC')
                )
        ELSE 'page requests'
    END AS seen
FROM news.runs AS run
LEFT JOIN news.newspapers AS paper ON run.source = paper.source
WHERE run.id = %(run_id)s;
