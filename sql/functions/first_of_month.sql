CREATE OR REPLACE FUNCTION news.first_of_month(month integer)
RETURNS date
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN make_date((month - 1) / 12, (month - 1) % 12 + 1, 1);

COMMENT ON FUNCTION news.first_of_month(integer) IS 'The first day of a month, by its month_number().';
