-- How editions usually look: the norm that the checks hold a run to.
-- depends: 0002.roles

CREATE VIEW news.edition_shares AS
SELECT
    source,
    edition_date,
    count(*) AS articles,
    avg((authors = '{}')::integer) AS without_byline,
    avg((dateline IS NULL)::integer) AS without_dateline,
    avg((extracted_by = 'fallback')::integer) AS by_fallback
FROM news.articles
WHERE body IS NOT NULL AND edition_date IS NOT NULL
GROUP BY source, edition_date;

COMMENT ON VIEW news.edition_shares IS
'One row an edition: which share of its articles lacks what. Articles with a text only.';
COMMENT ON COLUMN news.edition_shares.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.edition_shares.edition_date IS 'Day of the print edition.';
COMMENT ON COLUMN news.edition_shares.articles IS 'How many articles with a text it has.';
COMMENT ON COLUMN news.edition_shares.without_byline IS 'Share of them that have no byline, from 0 to 1.';
COMMENT ON COLUMN news.edition_shares.without_dateline IS 'Share of them that have no dateline, from 0 to 1.';
COMMENT ON COLUMN news.edition_shares.by_fallback IS 'Share of them that the general extractor read, from 0 to 1.';

GRANT SELECT ON news.edition_shares TO akhbar_writer, akhbar_reader;
