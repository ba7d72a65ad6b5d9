-- Inserts a run, or updates its row; counts written by an earlier load are kept.
INSERT INTO news.runs AS run (
    batch, source, mode, edition_date, dag_id, dag_run_id, started_at, finished_at, outcome, reason, counts, stats
)
VALUES (
    %(batch)s,
    %(source)s,
    %(mode)s,
    %(edition)s,
    %(dag_id)s,
    %(dag_run_id)s,
    %(started_at)s,
    %(finished_at)s,
    %(outcome)s,
    %(reason)s,
    %(counts)s,
    %(stats)s
)
ON CONFLICT (batch) DO UPDATE
    SET
        started_at = excluded.started_at,
        finished_at = excluded.finished_at,
        outcome = excluded.outcome,
        reason = excluded.reason,
        counts = run.counts || excluded.counts,
        -- until this attempt ends, keep the last attempt's statistics, which contain the number of refusals
        stats = CASE WHEN excluded.outcome = 'running' THEN run.stats ELSE excluded.stats END,
        -- a retried crawl archives its pages again
        pages_pruned_at = CASE WHEN excluded.outcome <> 'running' THEN run.pages_pruned_at END,
        pages_pruned_bytes = CASE WHEN excluded.outcome <> 'running' THEN run.pages_pruned_bytes END
RETURNING id;
