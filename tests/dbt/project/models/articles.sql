-- A copy of the articles alone. A story that turned out to be an editorial comes back as one, and is deleted here.
-- depends_on: {{ source('news', 'stories') }}
{{ config(materialized='incremental', unique_key='id', post_hook="DELETE FROM {{ this }} WHERE kind = 'editorial'") }}

SELECT
    id,
    kind,
    title,
    stored_at
FROM news.changed_since(
    {% if is_incremental() %}(SELECT max(copied.stored_at) FROM {{ this }} AS copied){% else %}NULL{% endif %}
)
