-- Counts of frequent words by month, so that attention to a word that is in every fifth story does not read every fifth
-- story. Filled by maintenance; months that changed since are counted from the stories.
-- depends: 0029.stored_at_triggers

CREATE TABLE news.counted_words (
    word text PRIMARY KEY
);

CREATE TABLE news.counted_months (
    month integer PRIMARY KEY,
    counted_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE news.changed_months (
    month integer NOT NULL
);

CREATE TABLE news.word_counts (
    word text NOT NULL,
    month integer NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    stories integer NOT NULL,
    PRIMARY KEY (word, month, source, kind)
);

COMMENT ON TABLE news.counted_words IS 'The frequent words, as stems, that word_counts counts.';
COMMENT ON COLUMN news.counted_words.word IS 'Stem, as in the column search of stories.';
COMMENT ON TABLE news.counted_months IS 'The months that word_counts counts.';
COMMENT ON COLUMN news.counted_months.month IS 'Month; see month_number().';
COMMENT ON COLUMN news.counted_months.counted_at IS 'When the stories of the month were last counted.';
COMMENT ON TABLE news.changed_months IS
'Months in which stories were added, changed or removed since they were counted, once per change.';
COMMENT ON COLUMN news.changed_months.month IS 'Month; see month_number().';
COMMENT ON TABLE news.word_counts IS
'How many stories contain a frequent word, by month, newspaper and kind. Refreshed by maintenance; valid for '
'counted_months that are not among changed_months.';
COMMENT ON COLUMN news.word_counts.word IS 'Stem, as in the column search of stories.';
COMMENT ON COLUMN news.word_counts.month IS 'Month of the stories; see month_number().';
COMMENT ON COLUMN news.word_counts.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.word_counts.kind IS 'article or editorial.';
COMMENT ON COLUMN news.word_counts.stories IS 'Number of stories that contain the word.';

GRANT SELECT ON news.counted_words, news.counted_months, news.changed_months, news.word_counts
TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;

-- With the owner's rights: no other role may write to changed_months.
CREATE FUNCTION news.note_changed_months()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, news, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO changed_months (month)
        SELECT month_number(changed.day)
        FROM (VALUES (OLD.day), (NEW.day)) AS changed (day)
        WHERE changed.day IS NOT NULL
        GROUP BY 1;
    ELSE
        INSERT INTO changed_months (month)
        SELECT month_number(changed.day)
        FROM changed
        WHERE changed.day IS NOT NULL
        GROUP BY 1;
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION news.note_changed_months() IS
'Trigger function: notes the months whose word counts are out of date.';
REVOKE EXECUTE ON FUNCTION news.note_changed_months() FROM public;

CREATE TRIGGER note_added AFTER INSERT ON news.articles
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION news.note_changed_months();
CREATE TRIGGER note_added AFTER INSERT ON news.editorials
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION news.note_changed_months();
CREATE TRIGGER note_removed AFTER DELETE ON news.articles
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION news.note_changed_months();
CREATE TRIGGER note_removed AFTER DELETE ON news.editorials
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION news.note_changed_months();
CREATE TRIGGER note_changed AFTER UPDATE OF search, day, title, excerpt, body, language, edition_date, published_at,
published_date ON news.articles
FOR EACH ROW WHEN (old.search IS DISTINCT FROM new.search OR old.day IS DISTINCT FROM new.day)
EXECUTE FUNCTION news.note_changed_months();
CREATE TRIGGER note_changed AFTER UPDATE OF search, day, title, excerpt, body, language, edition_date, published_at,
published_date ON news.editorials
FOR EACH ROW WHEN (old.search IS DISTINCT FROM new.search OR old.day IS DISTINCT FROM new.day)
EXECUTE FUNCTION news.note_changed_months();
