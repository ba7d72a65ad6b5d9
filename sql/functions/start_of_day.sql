-- Dates beyond the last timestamp have none.
CREATE OR REPLACE FUNCTION news.start_of_day(newspaper text, day date)
RETURNS timestamptz
LANGUAGE sql
STABLE PARALLEL SAFE
RETURN CASE
    WHEN day < '294276-01-01' THEN day::timestamp AT TIME ZONE coalesce(
        (
            SELECT time_zone FROM news.newspapers
            WHERE source = newspaper
        ),
        'UTC'
    )
END;

COMMENT ON FUNCTION news.start_of_day(text, date) IS
'When a day begins in a newspaper''s time zone. For sorting stories of which only the day of publication is known: '
'ORDER BY coalesce(published_at, start_of_day(source, published_date)).';
