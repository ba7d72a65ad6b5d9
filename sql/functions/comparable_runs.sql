-- For an edition: all of its runs, compared with the runs of the 14 editions before it. For a latest run: the run
-- itself, compared with the 200 before it. A latest run may find only two or three stories, too few to compute a share;
-- then runs from the preceding 24 hours count as current too, until together they have 10 stories read from pages.
CREATE OR REPLACE FUNCTION news.comparable_runs(checked bigint)
RETURNS TABLE (run_id bigint, is_current boolean)
LANGUAGE sql
STABLE ROWS 50
SET search_path = pg_catalog, news, pg_temp
AS $$
    WITH checked_run AS (
        SELECT r.id, r.source, r.mode, r.edition_date, r.started_at FROM runs AS r WHERE r.id = checked
    ),

    latest AS (
        SELECT r.id, r.started_at
        FROM checked_run
        CROSS JOIN LATERAL (
            SELECT earlier.id, earlier.started_at
            FROM runs AS earlier
            WHERE
                checked_run.mode = 'latest'
                AND earlier.source = checked_run.source
                AND earlier.mode = 'latest'
                AND earlier.loaded_at IS NOT NULL
                AND earlier.started_at <= checked_run.started_at
                AND earlier.started_at > checked_run.started_at - interval '60 days'
                AND earlier.id <> checked_run.id
            ORDER BY earlier.started_at DESC
            LIMIT 200
        ) AS r
    ),

    stories_of_last_day AS (
        SELECT counted.id, counted.started_at, counted.stories
        FROM checked_run
        CROSS JOIN LATERAL (
            SELECT checked_run.id, 'infinity'::timestamptz AS started_at
            UNION ALL
            SELECT latest.id, latest.started_at
            FROM latest
            WHERE latest.started_at > checked_run.started_at - interval '1 day'
        ) AS r
        CROSS JOIN LATERAL (
            SELECT r.id, r.started_at, count(*) AS stories
            FROM stories AS s
            WHERE s.run_id = r.id AND s.completeness = 'full' AND s.extracted_by <> 'feed'
        ) AS counted
    ),

    newer AS (
        SELECT
            s.id,
            sum(s.stories) OVER (
                ORDER BY s.started_at DESC, s.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS stories
        FROM stories_of_last_day AS s
    ),

    editions AS (
        SELECT r.id, r.edition_date = checked_run.edition_date AS is_current,
            dense_rank() OVER (ORDER BY r.edition_date DESC) AS place
        FROM checked_run
        INNER JOIN runs AS r
            ON
                r.source = checked_run.source
                AND r.edition_date BETWEEN checked_run.edition_date - 60 AND checked_run.edition_date
        WHERE checked_run.mode = 'edition' AND r.mode = 'edition' AND r.loaded_at IS NOT NULL AND r.id <> checked_run.id
    )

    SELECT checked_run.id, true
    FROM checked_run
    UNION ALL
    SELECT latest.id, coalesce(newer.stories < 10, false)
    FROM latest
    LEFT JOIN newer ON latest.id = newer.id
    UNION ALL
    SELECT editions.id, editions.is_current
    FROM editions
    WHERE editions.place <= 15
$$;

COMMENT ON FUNCTION news.comparable_runs(bigint) IS
'The runs that the checks of a run use: if is_current, their stories are checked; otherwise they are earlier runs of '
'the same kind, which show what is normal for the newspaper.';
