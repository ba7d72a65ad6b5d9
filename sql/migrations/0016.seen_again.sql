-- An unchanged story that is seen again costs only an update of its time: Postgres recomputes the search column
-- for every update that a BEFORE trigger precedes, and updates every index when a row moves to another page.
-- depends: 0015.batch_names

DROP TRIGGER keep_words ON news.articles;
DROP TRIGGER keep_words ON news.editorials;
CREATE TRIGGER keep_words AFTER UPDATE OF title, body, completeness ON news.articles
FOR EACH ROW WHEN (
    old.completeness = 'full'
    AND (old.title <> new.title OR old.body IS DISTINCT FROM new.body OR new.completeness <> 'full')
)
EXECUTE FUNCTION news.keep_words();
CREATE TRIGGER keep_words AFTER UPDATE OF title, body, completeness ON news.editorials
FOR EACH ROW WHEN (
    old.completeness = 'full'
    AND (old.title <> new.title OR old.body IS DISTINCT FROM new.body OR new.completeness <> 'full')
)
EXECUTE FUNCTION news.keep_words();

-- As the owner: who writes stories does not write their day.
CREATE OR REPLACE FUNCTION news.set_day()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    its_day date := coalesce(NEW.edition_date, (NEW.published_at AT TIME ZONE coalesce(
        (SELECT newspapers.time_zone FROM news.newspapers WHERE newspapers.source = NEW.source), 'UTC'
    ))::date);
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.day := its_day;
    ELSIF NEW.day IS DISTINCT FROM its_day THEN
        EXECUTE format('UPDATE news.%I SET day = $1 WHERE id = $2', TG_TABLE_NAME) USING its_day, NEW.id;
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION news.set_day() FROM public;

DROP TRIGGER set_day ON news.articles;
DROP TRIGGER set_day ON news.editorials;
CREATE TRIGGER set_day BEFORE INSERT ON news.articles FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE TRIGGER set_day BEFORE INSERT ON news.editorials FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE TRIGGER move_day AFTER UPDATE OF edition_date, published_at ON news.articles
FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE TRIGGER move_day AFTER UPDATE OF edition_date, published_at ON news.editorials
FOR EACH ROW EXECUTE FUNCTION news.set_day();

-- Room for every row's next version beside it (the words lie elsewhere, in TOAST): no index is told of that one.
ALTER TABLE news.articles SET (fillfactor = 50);
ALTER TABLE news.editorials SET (fillfactor = 50);
