-- Coverage of an edition by section, next to the mean of the 14 editions before it.
WITH editions AS (
    SELECT DISTINCT ON (edition_date)
        edition_date,
        counts -> 'sections' AS sections
    FROM news.runs
    WHERE
        source = %(source)s AND edition_date <= %(edition)s AND edition_date > %(edition)s::date - 60
        AND loaded_at IS NOT NULL
    ORDER BY edition_date ASC, started_at DESC
),

earlier AS (
    SELECT sections FROM editions
    WHERE edition_date < %(edition)s AND sections IS NOT NULL AND sections <> '{}'
    ORDER BY edition_date DESC
    LIMIT 14
),

compared AS (SELECT count(*)::float AS editions FROM earlier),

baseline AS (
    SELECT
        s.section,
        sum((s.counts ->> 'stored')::integer) / max(compared.editions) AS stories
    FROM earlier
    CROSS JOIN compared
    CROSS JOIN LATERAL jsonb_each(earlier.sections) AS s (section, counts)
    GROUP BY s.section
),

present AS (
    SELECT
        s.section,
        (s.counts ->> 'discovered')::integer AS discovered,
        (s.counts ->> 'stored')::integer AS stored
    FROM editions
    CROSS JOIN LATERAL jsonb_each(editions.sections) AS s (section, counts)
    WHERE editions.edition_date = %(edition)s
)

SELECT
    coalesce(nullif(coalesce(present.section, baseline.section), ''), 'no section') AS section,
    coalesce(present.discovered, 0) AS discovered,
    coalesce(present.stored, 0) AS stored,
    baseline.stories AS usual
FROM present
FULL JOIN baseline ON present.section = baseline.section
ORDER BY coalesce(baseline.stories, present.stored, 0) DESC, section ASC;
