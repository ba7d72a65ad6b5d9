-- Runs, newest first, with their requests and results.
SELECT
    id,
    mode,
    edition_date,
    started_at,
    finished_at,
    loaded_at,
    CASE
        WHEN isfinite(finished_at) AND isfinite(started_at)
            THEN (extract(EPOCH FROM finished_at) - extract(EPOCH FROM started_at))::float
    END AS seconds,
    outcome,
    reason,
    dag_id,
    dag_run_id,
    batch,
    (stats ->> 'downloader/request_count')::integer AS requests,
    (
        SELECT coalesce(jsonb_object_agg(replace(stat.name, 'downloader/response_status_count/', ''), stat.seen), '{}')
        FROM jsonb_each(runs.stats) AS stat (name, seen)
        WHERE stat.name LIKE 'downloader/response_status_count/%%'
    ) AS statuses,
    counts,
    stats,
    checks
FROM news.runs
WHERE
    source = %(source)s
    AND (%(id)s::bigint IS NULL OR id = %(id)s)
    AND (%(mode)s::text IS NULL OR mode = %(mode)s)
    AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
    AND (%(edition)s::date IS NULL OR edition_date = %(edition)s)
    AND (%(dag_run_id)s::text IS NULL OR dag_run_id = %(dag_run_id)s)
ORDER BY started_at DESC, id DESC
LIMIT %(most)s OFFSET %(skip)s;
