-- Counts only: readers may not see the rejected stories themselves.
CREATE OR REPLACE VIEW news.reject_summary AS
SELECT
    reject.source,
    (run.started_at AT TIME ZONE coalesce(paper.time_zone, 'UTC'))::date AS day,
    why.reason,
    count(*)::integer AS rejects,
    count(DISTINCT reject.story_id)::integer AS stories,
    max(reject.run_id) AS last_run_id
FROM news.rejects AS reject
INNER JOIN news.runs AS run ON reject.run_id = run.id
LEFT JOIN news.newspapers AS paper ON reject.source = paper.source
CROSS JOIN LATERAL unnest(reject.reasons) AS why (reason)
GROUP BY 1, 2, 3;

COMMENT ON VIEW news.reject_summary IS 'Counts of rejected stories: one row per newspaper, day and reason.';
COMMENT ON COLUMN news.reject_summary.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.reject_summary.day IS 'Day of the run in the newspaper''s time zone.';
COMMENT ON COLUMN news.reject_summary.reason IS 'Reason code; see rejects.reasons.';
COMMENT ON COLUMN news.reject_summary.rejects IS 'Number of rejects; a story may be rejected for several reasons.';
COMMENT ON COLUMN news.reject_summary.stories IS 'Number of distinct stories.';
COMMENT ON COLUMN news.reject_summary.last_run_id IS 'Last run that rejected a story for this reason.';

GRANT SELECT ON news.reject_summary TO akhbar_reader, akhbar_bi;
