-- The day of publication of stories whose pages show no time, and the general reader. Takes a moment on a table of any
-- size: the next migration checks the rows that are there.
-- depends: 0020.refused_rows_and_parts

ALTER TABLE news.articles
ADD COLUMN published_date date,
DROP CONSTRAINT articles_extracted_by_check,
ADD CONSTRAINT articles_extracted_by_check
CHECK (extracted_by IN ('selectors', 'feed', 'general', 'fallback')) NOT VALID;

ALTER TABLE news.editorials
ADD COLUMN published_date date,
DROP CONSTRAINT articles_extracted_by_check,
ADD CONSTRAINT articles_extracted_by_check
CHECK (extracted_by IN ('selectors', 'feed', 'general', 'fallback')) NOT VALID;

GRANT UPDATE (published_date) ON news.articles, news.editorials TO akhbar_writer;

CREATE OR REPLACE FUNCTION news.set_day()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    its_day date := coalesce(NEW.edition_date, (NEW.published_at AT TIME ZONE coalesce(
        (SELECT newspapers.time_zone FROM news.newspapers WHERE newspapers.source = NEW.source), 'UTC'
    ))::date, NEW.published_date);
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.day := its_day;
    ELSIF NEW.day IS DISTINCT FROM its_day THEN
        EXECUTE format('UPDATE news.%I SET day = $1 WHERE id = $2', TG_TABLE_NAME) USING its_day, NEW.id;
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER move_day ON news.articles;
DROP TRIGGER move_day ON news.editorials;
CREATE TRIGGER move_day AFTER UPDATE OF edition_date, published_at, published_date ON news.articles
FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE TRIGGER move_day AFTER UPDATE OF edition_date, published_at, published_date ON news.editorials
FOR EACH ROW EXECUTE FUNCTION news.set_day();

COMMENT ON FUNCTION news.set_day() IS
'Trigger function: sets a story''s day to its edition date, or else to its publication date in the newspaper''s '
'time zone.';
COMMENT ON COLUMN news.articles.published_at IS
'When the publisher published the story; null if the page shows only the day, see published_date.';
COMMENT ON COLUMN news.articles.published_date IS
'Day of publication in the newspaper''s time zone, if the page shows no time of day; otherwise null.';
COMMENT ON COLUMN news.articles.extracted_by IS
'How the text was extracted. selectors: with the newspaper''s or its platform''s own selectors. feed: whole from a '
'feed item. general: with the general reader, which is this newspaper''s declared way. fallback: with the general '
'extractor, because the declared selectors found nothing or far too little: the site has changed.';
COMMENT ON COLUMN news.edition_shares.by_fallback IS
'Share in which the declared selectors found no text and the general extractor did, from 0 to 1.';

-- editorials has the same columns as articles
DO $$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT
            attname,
            col_description(attrelid, attnum) AS comment
        FROM pg_attribute
        WHERE
            attrelid = 'news.articles'::regclass
            AND attname IN ('published_at', 'published_date', 'extracted_by')
    LOOP
        EXECUTE format('COMMENT ON COLUMN news.editorials.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$$;
