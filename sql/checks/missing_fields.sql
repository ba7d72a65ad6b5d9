-- Did a field go missing? It did if more than 80 percent of the stories in earlier runs of the same kind have it, and
-- now less than half that share. Stories read from pages and those taken in full from feeds are compared separately,
-- because feeds omit fields. Titles are not checked, because every stored story has one; see reject_share.
WITH counted AS (
    SELECT
        field.name,
        field.importance,
        CASE WHEN story.extracted_by = 'feed' THEN 'feeds' ELSE 'pages' END AS place,
        count(*) FILTER (WHERE compared.is_current) AS stories,
        count(*) FILTER (WHERE compared.is_current AND field.is_present) AS present,
        count(*) FILTER (WHERE NOT compared.is_current) AS earlier,
        count(*) FILTER (WHERE NOT compared.is_current AND field.is_present) AS earlier_present
    FROM news.comparable_runs(%(run_id)s) AS compared
    INNER JOIN news.stories AS story ON compared.run_id = story.run_id
    CROSS JOIN
        LATERAL (
            VALUES
            ('excerpt', 'warning', story.excerpt <> ''),
            ('section', 'warning', story.section <> ''),
            ('published_at', 'warning', story.published_at IS NOT NULL),
            ('date', 'error', coalesce(story.published_at::date, story.published_date) IS NOT NULL),
            ('updated_at', 'warning', story.updated_at IS NOT NULL),
            ('edition_date', 'warning', story.edition_date IS NOT NULL),
            ('image_url', 'warning', story.image_url <> ''),
            ('image_caption', 'warning', story.image_caption <> ''),
            ('tags', 'warning', story.tags <> '{}')
        ) AS field (name, importance, is_present)
    WHERE story.completeness = 'full'
    GROUP BY field.name, field.importance, place
),

missing AS (
    SELECT
        importance,
        format(
            '%%s in %%s of %%s stories from %%s (earlier %%s%%%%)',
            name, present, stories, place, round(earlier_present * 100.0 / earlier)
        ) AS description
    FROM counted
    WHERE
        stories >= 5
        AND earlier >= 10
        AND earlier_present > earlier * 0.8
        AND present * 2.0 / stories < earlier_present::numeric / earlier
)

SELECT
    CASE WHEN bool_or(importance = 'error') THEN 'error' ELSE 'warning' END AS severity,
    count(*) = 0 AS passed,
    'every field at least half as often as in earlier runs' AS wanted,
    coalesce(string_agg(description, ', ' ORDER BY importance, description), 'no field that went missing') AS seen,
    'open one of the stories on the site: if the page still shows these fields, they moved to another element: save '
    || 'the page with akhbar page, fix the selectors, then run akhbar replay' AS advice
FROM missing;
