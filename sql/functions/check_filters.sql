CREATE OR REPLACE FUNCTION news.check_filters(
    from_date date DEFAULT NULL,
    to_date date DEFAULT NULL,
    kind text DEFAULT NULL,
    source text DEFAULT NULL,
    max_rows integer DEFAULT 1,
    most_rows integer DEFAULT 1,
    instead text DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, pg_temp
AS $$
BEGIN
    IF from_date > to_date THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('from_date %s is after to_date %s', from_date, to_date),
            HINT = 'Swap the two dates.';
    ELSIF NOT isfinite(from_date) OR NOT isfinite(to_date) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('from_date is %s and to_date is %s', from_date, to_date),
            HINT = 'Leave out a date that is infinite.';
    ELSIF check_filters.kind NOT IN ('article', 'editorial') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('kind is %L', check_filters.kind),
            HINT = 'Use article or editorial, or leave it out.';
    ELSIF check_filters.source NOT IN (SELECT n.source FROM newspapers AS n) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('there is no newspaper %L', check_filters.source),
            HINT = format('Use %s, or leave it out.', (
                SELECT string_agg(n.source, ', ' ORDER BY n.source) FROM newspapers AS n
            ));
    ELSIF max_rows IS NULL OR max_rows NOT BETWEEN 1 AND most_rows THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('max_rows is %s', coalesce(max_rows::text, 'null')),
            HINT = concat_ws(' ', format('It can be 1 to %s.', most_rows), instead);
    END IF;
END
$$;

COMMENT ON FUNCTION news.check_filters(date, date, text, text, integer, integer, text) IS
'Raises invalid_parameter_value if the dates are reversed or infinite, the kind or the newspaper does not exist, or '
'max_rows is not 1 to most_rows; the hint then says what to use instead.';
