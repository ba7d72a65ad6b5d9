-- Dunning, T. (1993): Accurate methods for the statistics of surprise and coincidence.
CREATE OR REPLACE FUNCTION news.log_likelihood(found bigint, among bigint, other_found bigint, other_among bigint)
RETURNS double precision
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN 2 * (
    CASE WHEN found > 0 THEN found * ln(
        found::double precision * (among + other_among) / among / (found + other_found)
    ) ELSE 0 END
    + CASE WHEN other_found > 0 THEN other_found * ln(
        other_found::double precision * (among + other_among) / other_among / (found + other_found)
    ) ELSE 0 END
);

COMMENT ON FUNCTION news.log_likelihood(bigint, bigint, bigint, bigint) IS
'How unlikely it is that two samples differ by chance in how many of their members were found (G²): above 10.8, less '
'than one in a thousand.';
