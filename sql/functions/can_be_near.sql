-- Every pair of alternatives is a part of the query for every distance, so their number is limited.
CREATE OR REPLACE FUNCTION news.can_be_near(a tsquery, b tsquery)
RETURNS boolean
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN (
    a::text || b::text !~ '[&!]'
    AND numnode(a) + numnode(b) <= 16
    AND (a::text LIKE '%title:%') = (b::text LIKE '%title:%')
);

COMMENT ON FUNCTION news.can_be_near(tsquery, tsquery) IS
'Whether NEAR can join two parts of a search: words, phrases or a few alternatives, both in the title or neither.';
