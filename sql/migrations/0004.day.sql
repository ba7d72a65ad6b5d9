-- Newspapers as a table, the day that a story belongs to, and the key by which copies of a text are found. Takes
-- long on a big table: every story is written once to fill in its day, about two minutes for a million. Reading
-- goes on meanwhile; loading waits.
-- depends: 0003.edition_shares

CREATE TABLE news.newspapers (
    source text PRIMARY KEY,
    publisher text NOT NULL,
    home_page text NOT NULL,
    time_zone text NOT NULL,
    language text NOT NULL
);

COMMENT ON TABLE news.newspapers IS
'The newspapers, as their spiders declare them; brought up to date by each migration.';
COMMENT ON COLUMN news.newspapers.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.newspapers.publisher IS 'Its name in print.';
COMMENT ON COLUMN news.newspapers.home_page IS 'Address of its home page.';
COMMENT ON COLUMN news.newspapers.time_zone IS 'Where its days begin and end: Asia/Karachi.';
COMMENT ON COLUMN news.newspapers.language IS 'The language it is written in, ISO 639-1.';

GRANT SELECT ON news.newspapers TO akhbar_writer, akhbar_reader, akhbar_monitor;

ALTER TABLE news.articles ADD COLUMN day date, ADD COLUMN copy_keys integer[];
ALTER TABLE news.editorials ADD COLUMN day date, ADD COLUMN copy_keys integer[];

CREATE FUNCTION news.set_day()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.day := coalesce(NEW.edition_date, (NEW.published_at AT TIME ZONE coalesce(
        (SELECT newspapers.time_zone FROM news.newspapers WHERE newspapers.source = NEW.source), 'UTC'
    ))::date);
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION news.set_day() IS 'Trigger: the day of a story, from its edition or its hour of publication.';

CREATE TRIGGER set_day BEFORE INSERT OR UPDATE OF edition_date, published_at ON news.articles
FOR EACH ROW EXECUTE FUNCTION news.set_day();
CREATE TRIGGER set_day BEFORE INSERT OR UPDATE OF edition_date, published_at ON news.editorials
FOR EACH ROW EXECUTE FUNCTION news.set_day();

-- dawn was the only newspaper when this was written; migrating brings the table up to date afterwards
INSERT INTO news.newspapers (source, publisher, home_page, time_zone, language)
VALUES ('dawn', 'Dawn', 'https://www.dawn.com', 'Asia/Karachi', 'en');

UPDATE news.articles SET edition_date = edition_date;
UPDATE news.editorials SET edition_date = edition_date;

COMMENT ON COLUMN news.articles.day IS
'The day the story belongs to: its print edition, or the day of publication where the newspaper is at home.';
COMMENT ON COLUMN news.editorials.day IS
'The day the story belongs to: its print edition, or the day of publication where the newspaper is at home.';
COMMENT ON COLUMN news.articles.copy_keys IS
'Two texts that share one of these numbers are likely copies of each other (MinHash bands); see near_copies().';
COMMENT ON COLUMN news.editorials.copy_keys IS
'Two texts that share one of these numbers are likely copies of each other (MinHash bands); see near_copies().';

-- What an index can find at once: the stories of a month that say something.
CREATE FUNCTION news.month_number(day date)
RETURNS integer
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN (extract(YEAR FROM day) * 12 + extract(MONTH FROM day))::integer;

COMMENT ON FUNCTION news.month_number(date) IS 'Months since the year 0, to tell months apart by number.';

CREATE TYPE news.found_story AS (
    kind text,
    source text,
    story_id text,
    url text,
    title text,
    authors text [],
    section text,
    day date,
    published_at timestamptz,
    rank real,
    snippet text
);

COMMENT ON TYPE news.found_story IS
'A story that a search found: rank, the higher the better, and a snippet, safe HTML with the words found in <b>.';

CREATE TYPE news.similar_story AS (
    kind text,
    source text,
    story_id text,
    url text,
    title text,
    section text,
    day date,
    published_at timestamptz,
    similarity real
);

COMMENT ON TYPE news.similar_story IS 'A story like another one: similarity goes from 0 to 1.';

-- Only the views: for a dashboard that everyone may open. An operator who wants it gives it a password and a login:
-- ALTER ROLE akhbar_bi LOGIN PASSWORD '…'
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'akhbar_bi') THEN
        BEGIN
            CREATE ROLE akhbar_bi NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO akhbar_bi', current_database());
    GRANT USAGE ON SCHEMA news TO akhbar_bi;
    GRANT SELECT ON news.newspapers TO akhbar_bi;
    EXECUTE format('ALTER ROLE akhbar_bi IN DATABASE %I SET statement_timeout TO ''60s''', current_database());
    EXECUTE format('ALTER ROLE akhbar_bi IN DATABASE %I SET work_mem TO ''32MB''', current_database());
    EXECUTE format('ALTER ROLE akhbar_bi IN DATABASE %I SET default_transaction_read_only TO on', current_database());
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the role akhbar_bi was not set up: %', sqlerrm;
END
$$;
