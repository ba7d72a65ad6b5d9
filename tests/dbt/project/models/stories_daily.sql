-- Stories per day and newspaper, from the copy.
{{ config(materialized='view') }}

SELECT
    source,
    day,
    count(*) AS stories
FROM {{ ref('stories') }}
GROUP BY source, day
