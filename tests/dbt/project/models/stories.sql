-- A copy of the stories that keeps up with them. dbt replaces the rows that changed, by id.
-- depends_on: {{ source('news', 'stories') }}
{{ config(materialized='incremental', unique_key='id') }}

SELECT
    id,
    source,
    story_id,
    kind,
    title,
    excerpt,
    body,
    authors,
    section,
    dateline,
    day,
    published_at,
    language,
    revision,
    word_count,
    stored_at
FROM news.changed_since(
    {% if is_incremental() %}(SELECT max(copied.stored_at) FROM {{ this }} AS copied){% else %}NULL{% endif %}
)
