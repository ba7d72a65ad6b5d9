-- Stories that the copy lacks or has differently, although it has newer ones.
SELECT stored.id
FROM {{ source('news', 'stories') }} AS stored
LEFT JOIN {{ ref('stories') }} AS copied USING (id)
WHERE
    stored.stored_at <= (SELECT max(newest.stored_at) FROM {{ ref('stories') }} AS newest)
    AND (copied.kind, copied.title, copied.body, copied.section, copied.stored_at)
    IS DISTINCT FROM (stored.kind, stored.title, stored.body, stored.section, stored.stored_at)
