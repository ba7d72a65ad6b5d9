-- Numbers only: what was refused is not for readers.
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

COMMENT ON VIEW news.reject_summary IS 'What cleaning refused and why: one row a day and reason. Numbers, no texts.';
COMMENT ON COLUMN news.reject_summary.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.reject_summary.day IS 'The day of the run, where the newspaper is at home.';
COMMENT ON COLUMN news.reject_summary.reason IS 'The reason code, as in rejects.';
COMMENT ON COLUMN news.reject_summary.rejects IS 'How often it was given; a story may be refused for several reasons.';
COMMENT ON COLUMN news.reject_summary.stories IS 'How many different stories it was given to.';
COMMENT ON COLUMN news.reject_summary.last_run_id IS 'The last run that gave it.';

GRANT SELECT ON news.reject_summary TO akhbar_reader, akhbar_bi;
