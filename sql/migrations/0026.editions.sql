-- Since when a newspaper is read, the days on which it does not appear, the forms of bylines that name no person, and
-- foreign keys to newspapers. Takes a moment on a table of any size: the next migration checks the rows that are there.
-- depends: 0025.search_rebuilt

ALTER TABLE news.newspapers
ADD COLUMN start_date date CHECK (start_date BETWEEN '1605-01-01' AND '2199-12-31'),
ADD COLUMN edition_kind text NOT NULL DEFAULT 'none' CHECK (edition_kind IN ('print', 'dated', 'none'));

COMMENT ON COLUMN news.newspapers.start_date IS
'First day whose stories are expected: as declared, or else the day of the first run that read that day''s news, in '
'the newspaper''s time zone. Runs of older editions do not count. Null until then. The view editions starts here.';
COMMENT ON COLUMN news.newspapers.edition_kind IS
'What the edition of a day is. print: the printed edition. dated: the stories published on that day, read from '
'listings of the day. none: days cannot be read by their date, only the latest stories.';

-- Newspapers whose declaration was removed before migrations recorded them; a loose index scan finds each source.
WITH RECURSIVE found (source) AS (
    SELECT ''
    UNION ALL
    SELECT
        least(
            (
                SELECT min(a.source) FROM news.articles AS a
                WHERE a.source > found.source
            ),
            (
                SELECT min(e.source) FROM news.editorials AS e
                WHERE e.source > found.source
            ),
            (
                SELECT min(r.source) FROM news.runs AS r
                WHERE r.source > found.source
            ),
            (
                SELECT min(v.source) FROM news.revisions AS v
                WHERE v.source > found.source
            ),
            (
                SELECT min(j.source) FROM news.rejects AS j
                WHERE j.source > found.source
            ),
            (
                SELECT min(p.source) FROM news.pages AS p
                WHERE p.source > found.source
            )
        )
    FROM found
    WHERE found.source IS NOT NULL
)

INSERT INTO news.newspapers (source, publisher, home_page, time_zone, language)
SELECT
    found.source,
    found.source,
    coalesce(substring(story.url FROM '^https?://[^/]+'), ''),
    'UTC',
    coalesce(story.language, 'en')
FROM found
LEFT JOIN LATERAL (
    SELECT
        a.url,
        a.language
    FROM news.articles AS a
    WHERE a.source = found.source
    ORDER BY a.story_id
    LIMIT 1
) AS story ON TRUE
WHERE found.source <> ''
ON CONFLICT (source) DO NOTHING;

UPDATE news.newspapers AS paper
SET
    start_date = (
        SELECT min(run_day.day)
        FROM news.runs AS run
        CROSS JOIN LATERAL (SELECT (run.started_at AT TIME ZONE paper.time_zone)::date AS day) AS run_day
        WHERE
            run.source = paper.source
            AND run.started_at BETWEEN '1970-01-01' AND '2199-12-31'
            AND (run.mode = 'latest' OR (run.mode = 'edition' AND coalesce(run.edition_date >= run_day.day, TRUE)))
    );

CREATE FUNCTION news.set_start_date()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE news.newspapers
    SET start_date = (NEW.started_at AT TIME ZONE time_zone)::date
    WHERE
        source = NEW.source
        AND start_date IS NULL
        AND NEW.started_at BETWEEN '1970-01-01' AND '2199-12-31'
        AND (
            NEW.mode = 'latest'
            OR (
                NEW.mode = 'edition'
                AND coalesce(NEW.edition_date >= (NEW.started_at AT TIME ZONE time_zone)::date, TRUE)
            )
        );
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION news.set_start_date() IS
'Trigger function: the first run that reads the news of its own day sets the newspaper''s start date, if none is set.';

REVOKE EXECUTE ON FUNCTION news.set_start_date() FROM public;
CREATE TRIGGER set_start_date AFTER INSERT ON news.runs FOR EACH ROW EXECUTE FUNCTION news.set_start_date();

-- The first run of a newspaper that was declared since the last migration.
GRANT INSERT ON news.newspapers TO akhbar_writer;

ALTER TABLE news.articles
ADD CONSTRAINT articles_source_fkey FOREIGN KEY (source) REFERENCES news.newspapers NOT VALID;
ALTER TABLE news.editorials
ADD CONSTRAINT editorials_source_fkey FOREIGN KEY (source) REFERENCES news.newspapers NOT VALID;
ALTER TABLE news.runs
ADD CONSTRAINT runs_source_fkey FOREIGN KEY (source) REFERENCES news.newspapers NOT VALID;
ALTER TABLE news.revisions
ADD CONSTRAINT revisions_source_fkey FOREIGN KEY (source) REFERENCES news.newspapers NOT VALID;
ALTER TABLE news.rejects
ADD CONSTRAINT rejects_source_fkey FOREIGN KEY (source) REFERENCES news.newspapers NOT VALID;
ALTER TABLE news.pages
ADD CONSTRAINT pages_source_fkey FOREIGN KEY (source) REFERENCES news.newspapers NOT VALID;

CREATE TABLE news.no_paper_days (
    source text NOT NULL REFERENCES news.newspapers,
    day date NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (source, day)
);

COMMENT ON TABLE news.no_paper_days IS
'Days on which a newspaper does not appear, such as holidays. The owner enters them: INSERT INTO no_paper_days VALUES '
'(''dawn'', ''2026-03-21'', ''Eid al-Fitr''). Their editions are not missing.';
COMMENT ON COLUMN news.no_paper_days.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.no_paper_days.day IS 'Date of the edition that does not appear.';
COMMENT ON COLUMN news.no_paper_days.reason IS 'Why it does not appear.';

GRANT SELECT ON news.no_paper_days TO akhbar_writer, akhbar_reader, akhbar_monitor, akhbar_bi;

CREATE TABLE news.agencies (
    name text NOT NULL CHECK (name <> ''),
    language text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('agency', 'staff')),
    PRIMARY KEY (name, language)
);

COMMENT ON TABLE news.agencies IS
'Bylines that are not the name of a person, for stories_flat.byline_kind. The owner edits them; changes apply at once.';
COMMENT ON COLUMN news.agencies.name IS
'kind agency: the whole byline, such as AFP. kind staff: a word with which such a byline begins or ends, such as '
'Correspondent. Upper and lower case are the same.';
COMMENT ON COLUMN news.agencies.language IS 'Language of the bylines in which it appears, as an ISO 639-1 code.';
COMMENT ON COLUMN news.agencies.kind IS
'agency: the text comes from a news agency. staff: it comes from the newspaper, which does not name the author.';

GRANT SELECT ON news.agencies TO akhbar_writer, akhbar_reader, akhbar_monitor, akhbar_bi;

INSERT INTO news.agencies (language, kind, name)
SELECT
    listed.language,
    listed.kind,
    name
FROM (
    VALUES
    ('en', 'agency', ARRAY[
        'AP', 'The Associated Press', 'Associated Press', 'AFP', 'Agence France-Presse', 'Agence France Presse',
        'Reuters', 'Thomson Reuters', 'APP', 'Associated Press of Pakistan', 'PPI', 'INP', 'NNI', 'Online', 'SANA',
        'PTI', 'Press Trust of India', 'ANI', 'IANS', 'UNI', 'BSS', 'UNB', 'dpa', 'Xinhua', 'TASS', 'Interfax', 'EFE',
        'ANSA', 'Kyodo', 'Yonhap', 'Bernama', 'Anadolu', 'Anadolu Agency', 'AA', 'IRNA', 'WAM', 'SPA', 'KUNA', 'MENA',
        'PA', 'PA Media', 'Press Association', 'AAP', 'Australian Associated Press', 'Canadian Press', 'UPI',
        'Bloomberg', 'BBC', 'BBC News', 'CNN', 'Agency', 'Agencies', 'News Agencies', 'Wire Services'
    ]),
    ('en', 'staff', ARRAY[
        'Our', 'Correspondent', 'Correspondents', 'Reporter', 'Reporters', 'Desk', 'Staff', 'Bureau', 'Report',
        'Monitoring', 'Service', 'Newsroom'
    ]),
    ('ur', 'agency', ARRAY[
        'اے پی', 'ایسوسی ایٹڈ پریس', 'اے ایف پی', 'رائٹرز', 'روئٹرز', 'اے پی پی', 'پی ٹی آئی', 'بی بی سی',
        'بی بی سی اردو', 'وائس آف امریکا', 'شنہوا', 'انادولو', 'خبر رساں ادارہ', 'خبر رساں ادارے', 'ایجنسیاں'
    ]),
    ('ur', 'staff', ARRAY[
        'نامہ', 'نگار', 'نمائندہ', 'نمائندگان', 'رپورٹر', 'رپورٹرز', 'ڈیسک', 'بیورو', 'رپورٹ', 'مانیٹرنگ'
    ])
) AS listed (language, kind, names)
CROSS JOIN LATERAL unnest(listed.names) AS name;

COMMENT ON COLUMN news.articles.day IS
'Date of the story''s print edition, or else its publication date in the newspaper''s time zone. Use it to count or '
'select stories by date: every dated story has one, it does not depend on the session''s time zone, and it is indexed.';
COMMENT ON COLUMN news.articles.published_at IS
'When the publisher published the story, for order and duration; null if the page shows only the day, see '
'published_date. Shown in the session''s time zone. For the hour on the newspaper''s clock, use published_local in '
'stories.';

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
        WHERE attrelid = 'news.articles'::regclass AND attname IN ('day', 'published_at')
    LOOP
        EXECUTE format('COMMENT ON COLUMN news.editorials.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$$;
