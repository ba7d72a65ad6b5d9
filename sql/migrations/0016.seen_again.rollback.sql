ALTER TABLE news.articles RESET (fillfactor);
ALTER TABLE news.editorials RESET (fillfactor);
DROP TRIGGER move_day ON news.articles;
DROP TRIGGER move_day ON news.editorials;
DROP TRIGGER set_day ON news.articles;
DROP TRIGGER set_day ON news.editorials;
CREATE TRIGGER set_day BEFORE INSERT OR UPDATE OF edition_date, published_at ON news.articles
FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE TRIGGER set_day BEFORE INSERT OR UPDATE OF edition_date, published_at ON news.editorials
FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE OR REPLACE FUNCTION news.set_day()
RETURNS trigger
LANGUAGE plpgsql
SECURITY INVOKER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.day := coalesce(NEW.edition_date, (NEW.published_at AT TIME ZONE coalesce(
        (SELECT newspapers.time_zone FROM news.newspapers WHERE newspapers.source = NEW.source), 'UTC'
    ))::date);
    RETURN NEW;
END
$$;
GRANT EXECUTE ON FUNCTION news.set_day() TO public;
DROP TRIGGER keep_words ON news.articles;
DROP TRIGGER keep_words ON news.editorials;
CREATE TRIGGER keep_words BEFORE UPDATE ON news.articles
FOR EACH ROW WHEN (
    old.completeness = 'full'
    AND (old.title <> new.title OR old.body IS DISTINCT FROM new.body OR new.completeness <> 'full')
)
EXECUTE FUNCTION news.keep_words();
CREATE TRIGGER keep_words BEFORE UPDATE ON news.editorials
FOR EACH ROW WHEN (
    old.completeness = 'full'
    AND (old.title <> new.title OR old.body IS DISTINCT FROM new.body OR new.completeness <> 'full')
)
EXECUTE FUNCTION news.keep_words();
