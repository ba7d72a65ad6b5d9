-- Is the newest edition past its deadline stored? The alert stays open until the edition is stored, until no_paper_days
-- has a row for it, or until a later one is stored and the missing edition's own listings had no stories: no paper
-- appeared that day. On a newspaper's first day, the hour of the edition may have been over.
SELECT
    'edition ' || paper.source || ' ' || due.edition_date AS problem,
    CASE WHEN stored.run_id IS null AND NOT no_paper.is_known THEN format(
        '%%s: the edition of %%s was not stored by %%s %%s: %%s. '
        'Open %%s_edition in Airflow; the failed task''s documentation says what to do.',
        paper.publisher, due.edition_date, %(edition_due)s, paper.time_zone,
        coalesce(
            'the outcome of its last run is '
            || CASE last.outcome WHEN 'refused' THEN 'blocked' ELSE last.outcome END
            || coalesce(' (' || last.reason || ')', ''),
            'no run was started'
        ),
        paper.source
    ) END AS message
FROM news.newspapers AS paper
CROSS JOIN unnest(cast(%(editions)s AS DATE[])) AS due (edition_date)
LEFT JOIN LATERAL (
    SELECT run.id AS run_id
    FROM news.runs AS run
    WHERE
        run.source = paper.source
        AND run.edition_date = due.edition_date
        AND run.loaded_at IS NOT null
        AND (run.counts ->> 'stored')::INTEGER > 0
    ORDER BY run.started_at DESC
    LIMIT 1
) AS stored ON true
LEFT JOIN LATERAL (
    SELECT
        run.outcome,
        run.reason
    FROM news.runs AS run
    WHERE run.source = paper.source AND run.edition_date = due.edition_date
    ORDER BY run.started_at DESC
    LIMIT 1
) AS last ON true
CROSS JOIN
    LATERAL (
        SELECT
            EXISTS (
                SELECT FROM news.no_paper_days AS excused
                WHERE excused.source = paper.source AND excused.day = due.edition_date
            )
            OR (
                coalesce(last.outcome = 'empty', false)
                AND EXISTS (
                    SELECT FROM news.runs AS run
                    WHERE
                        run.source = paper.source
                        AND run.edition_date > due.edition_date
                        AND run.loaded_at IS NOT null
                        AND (run.counts ->> 'stored')::INTEGER > 0
                )
            ) AS is_known
    ) AS no_paper
WHERE
    paper.source = %(source)s
    AND paper.start_date < due.edition_date
    AND (
        due.edition_date = %(newest_edition)s
        OR EXISTS (
            SELECT FROM news.alerts AS alert
            WHERE alert.problem = 'edition ' || paper.source || ' ' || due.edition_date AND alert.closed_at IS null
        )
    );
