CREATE OR REPLACE FUNCTION news.check_days(name text, days integer, least_days integer, most_days integer)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF days IS NULL OR days NOT BETWEEN least_days AND most_days THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('%s is %s', name, coalesce(days::text, 'null')),
            HINT = format('It is a number of days, %s to %s.', least_days, most_days);
    END IF;
END
$$;

COMMENT ON FUNCTION news.check_days(text, integer, integer, integer) IS
'Raises invalid_parameter_value, with the name of the parameter, unless a number of days is within its bounds.';
