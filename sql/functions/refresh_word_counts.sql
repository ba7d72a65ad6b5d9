-- With the owner's rights: no other role may write to these tables. The words are chosen again only if a new one has
-- become frequent, because all months must then be counted again.
CREATE OR REPLACE FUNCTION news.refresh_word_counts(most_months integer)
RETURNS integer
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, news, pg_temp
AS $$
DECLARE
    this_month integer;
    counted integer := 0;
BEGIN
    LOCK TABLE counted_months IN SHARE ROW EXCLUSIVE MODE; -- one refresh at a time
    IF EXISTS (
        SELECT
        FROM frequent_words() AS frequent
        WHERE
            frequent.share >= 0.02
            AND frequent.word NOT LIKE 'language:%'
            AND frequent.word NOT IN (SELECT known.word FROM counted_words AS known)
    ) THEN
        DELETE FROM word_counts;
        DELETE FROM counted_months;
        DELETE FROM counted_words;
        INSERT INTO counted_words (word)
        SELECT frequent.word
        FROM frequent_words() AS frequent
        WHERE frequent.share >= 0.005 AND frequent.word NOT LIKE 'language:%';
    END IF;
    FOR this_month IN
        SELECT months.month
        FROM (
            SELECT generate_series(month_number(stored.first), month_number(stored.last)) AS month
            FROM stored_days(NULL) AS stored
        ) AS months
        WHERE
            months.month NOT IN (SELECT known.month FROM counted_months AS known)
            OR months.month IN (SELECT changed.month FROM changed_months AS changed)
        ORDER BY months.month DESC
        LIMIT most_months
    LOOP
        DELETE FROM changed_months AS changed WHERE changed.month = this_month;
        DELETE FROM word_counts AS old WHERE old.month = this_month;
        INSERT INTO word_counts (word, month, source, kind, stories)
        SELECT known.word, this_month, s.source, s.kind, count(*)
        FROM stories AS s
        CROSS JOIN LATERAL unnest(tsvector_to_array(s.search)) AS stems (word)
        INNER JOIN counted_words AS known ON stems.word = known.word
        WHERE
            s.source IN (SELECT n.source FROM newspapers AS n)
            AND s.day >= first_of_month(this_month)
            AND s.day < first_of_month(this_month + 1)
        GROUP BY 1, 2, 3, 4;
        INSERT INTO counted_months (month) VALUES (this_month)
        ON CONFLICT (month) DO UPDATE SET counted_at = excluded.counted_at;
        counted := counted + 1;
    END LOOP;
    RETURN counted;
END
$$;

COMMENT ON FUNCTION news.refresh_word_counts(integer) IS
'Counts the frequent words of months that changed, newest first, at most so many months. Returns how many it counted; '
'0 means that word_counts is up to date. For the writer.';

REVOKE EXECUTE ON FUNCTION news.refresh_word_counts(integer) FROM public;
GRANT EXECUTE ON FUNCTION news.refresh_word_counts(integer) TO akhbar_writer;
