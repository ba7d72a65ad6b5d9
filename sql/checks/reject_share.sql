-- Were more stories rejected for one reason than usual? The baseline is the reason's share in earlier runs of the same
-- kind, or 2 percent if these have fewer than 50 stories. A story that every run rejects again counts once, in the
-- first; a story that was rejected but has been stored since does not count.
WITH compared AS MATERIALIZED (
    SELECT
        run_id,
        is_current
    FROM news.comparable_runs(%(run_id)s)
),

rejected AS (
    SELECT
        reason.code AS reason,
        coalesce(reject.story_id, reject.url, reject.id::text) AS story_key,
        bool_and(compared.is_current) AS is_current,
        max(reject.url) AS url
    FROM compared
    INNER JOIN news.rejects AS reject ON compared.run_id = reject.run_id
    CROSS JOIN LATERAL unnest(reject.reasons) AS reason (code)
    WHERE
        NOT EXISTS (
            SELECT
            FROM news.stories AS stored
            INNER JOIN compared AS later ON stored.run_id = later.run_id AND later.is_current
            WHERE stored.source = reject.source AND stored.story_id = reject.story_id AND stored.run_id > reject.run_id
        )
    GROUP BY reason.code, story_key
),

total AS (
    SELECT
        is_current,
        count(*) AS stories
    FROM (
        SELECT
            compared.is_current,
            stored.story_id AS story_key
        FROM compared
        INNER JOIN news.stories AS stored ON compared.run_id = stored.run_id
        UNION
        SELECT
            is_current,
            story_key
        FROM rejected
    ) AS attempted
    GROUP BY is_current
),

by_reason AS (
    SELECT
        rejected.reason,
        coalesce(current.stories, 0) AS stories,
        count(*) FILTER (WHERE rejected.is_current) AS found,
        CASE
            WHEN earlier.stories >= 50 THEN count(*) FILTER (WHERE NOT rejected.is_current)::numeric / earlier.stories
            ELSE 0.02
        END AS share,
        min(rejected.url) FILTER (WHERE rejected.is_current) AS example
    FROM rejected
    LEFT JOIN total AS current ON current.is_current
    LEFT JOIN total AS earlier ON NOT earlier.is_current
    GROUP BY rejected.reason, current.stories, earlier.stories
),

bound AS (
    SELECT
        by_reason.*,
        by_reason.found
        > by_reason.stories * by_reason.share
        + greatest(2, by_reason.stories * 0.03, 3 * sqrt(by_reason.stories * by_reason.share * (1 - by_reason.share)))
            AS is_too_many
    FROM by_reason
)

SELECT
    'error' AS severity,
    'at most 2, or about 3%%, above the newspaper''s usual share, for each reason' AS wanted,
    NOT coalesce(bool_or(is_too_many), false) AS passed,
    coalesce(
        string_agg(
            format('%%s: %%s of %%s stories (%%s%%%%)', reason, found, stories, round(found * 100.0 / stories)),
            ', ' ORDER BY found DESC, reason ASC
        ) FILTER (WHERE is_too_many OR found > 0),
        'no new rejects'
    ) AS seen,
    'look at the table rejects for run ' || %(run_id)s || ' and open '
    || coalesce(string_agg(DISTINCT example, ', ') FILTER (WHERE is_too_many), 'one of the pages')
    || ': if the page shows a story, the site has changed: save it with akhbar page, fix the selectors, '
    || 'then run it again' AS advice
FROM bound;
