-- How many times in a row has the site blocked pages, and when are they retried? After 1, 2, 4, … up to 24 hours.
-- Any run that fetched pages and was not blocked resets the count. Runs that made no attempt do not count.
WITH attempts AS (
    SELECT
        run.outcome,
        run.stats,
        coalesce(run.finished_at, run.started_at) AS ended_at,
        run.outcome = 'complete'
        OR (
            run.outcome NOT IN ('refused', 'running')
            AND run.stats ?| ARRAY['akhbar/listing/parsed', 'akhbar/story/parsed']
        ) AS is_open
    FROM news.runs AS run
    WHERE
        run.source = %(source)s
        AND run.mode IN ('edition', 'latest')
        AND NOT run.stats ? 'akhbar/pages_paused_until'
        AND coalesce(run.reason NOT LIKE 'AKHBAR_CONTACT%%', TRUE)
        -- a time in the future comes from a wrong clock
        AND coalesce(run.finished_at, run.started_at) <= greatest(now(), %(now)s)
),

refused AS (
    SELECT
        -- a retried run has only one row: its statistics contain the number of earlier refusals
        greatest(
            count(*) FILTER (WHERE outcome = 'refused'), coalesce(max((stats ->> 'akhbar/refusals')::integer), 0)
        ) AS refusals,
        max(ended_at) FILTER (WHERE outcome = 'refused') AS last_at
    FROM attempts
    WHERE
        outcome IN ('refused', 'running')
        AND ended_at > coalesce((
            SELECT max(opened.ended_at) FROM attempts AS opened
            WHERE opened.is_open
        ), '-infinity')
)

SELECT
    refusals::integer AS refusals,
    last_at + interval '1 hour' * least(2 ^ least(refusals - 1, 5), 24) AS until
FROM refused;
