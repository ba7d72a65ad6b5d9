-- Were latest stories stored recently? Applies to newspapers that had a latest run in the last 30 days.
SELECT
    'latest ' || paper.source AS problem,
    CASE
        WHEN coalesce(seen.loaded_at, seen.first_at) < %(now)s - make_interval(hours => %(latest_due_hours)s)
            THEN format(
                '%%s: no latest stories have been stored for %%s hours (last stored: %%s). '
                'Check whether %%s_latest is paused or its last run failed.',
                paper.publisher,
                %(latest_due_hours)s,
                coalesce(to_char(seen.loaded_at AT TIME ZONE paper.time_zone, 'YYYY-MM-DD "at" HH24:MI'), 'never'),
                paper.source
            )
    END AS message
FROM news.newspapers AS paper
CROSS JOIN
    LATERAL (
        SELECT
            max(run.loaded_at) FILTER (WHERE run.outcome IN ('complete', 'incomplete')) AS loaded_at,
            min(run.started_at) AS first_at
        FROM news.runs AS run
        WHERE run.source = paper.source AND run.mode = 'latest' AND run.started_at > %(now)s - interval '30 days'
    ) AS seen
WHERE paper.source = %(source)s AND seen.first_at IS NOT null;
