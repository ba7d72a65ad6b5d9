-- The schema, the tables of stories and runs, and what they mean.

CREATE SCHEMA news;

COMMENT ON SCHEMA news IS 'Newspapers, as read by akhbar: stories, how they changed, and the runs that read them.';

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path TO news, public', current_database());
END
$$;

CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

CREATE TEXT SEARCH CONFIGURATION news.story (COPY = pg_catalog.english);

ALTER TEXT SEARCH CONFIGURATION news.story
ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;

COMMENT ON TEXT SEARCH CONFIGURATION news.story IS 'English words by their stems, accents ignored.';

CREATE TABLE news.runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch text NOT NULL UNIQUE,
    source text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('edition', 'latest')),
    edition_date date,
    dag_id text,
    dag_run_id text,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    loaded_at timestamptz,
    outcome text NOT NULL CHECK (outcome IN ('running', 'complete', 'incomplete', 'empty', 'refused', 'failed')),
    reason text,
    counts jsonb NOT NULL DEFAULT '{}',
    stats jsonb NOT NULL DEFAULT '{}',
    checks jsonb NOT NULL DEFAULT '[]'
);

CREATE INDEX runs_by_start ON news.runs (source, started_at DESC);
CREATE INDEX runs_by_edition ON news.runs (source, edition_date);

COMMENT ON TABLE news.runs IS
'One row a run: what was asked for, how it ended, what was stored and which checks it passed.';
COMMENT ON COLUMN news.runs.id IS 'The run''s number in this database.';
COMMENT ON COLUMN news.runs.batch IS 'The run''s folder in the archive, <source>/<name>: the identity of a run.';
COMMENT ON COLUMN news.runs.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.runs.mode IS 'edition: one day''s print sections. latest: sitemap, feeds and front pages.';
COMMENT ON COLUMN news.runs.edition_date IS 'The print edition that was read; none for a latest run.';
COMMENT ON COLUMN news.runs.dag_id IS 'The Airflow DAG; none for a run from the command line.';
COMMENT ON COLUMN news.runs.dag_run_id IS 'The Airflow DAG run; none for a run from the command line.';
COMMENT ON COLUMN news.runs.started_at IS 'When the crawl began, at its last try.';
COMMENT ON COLUMN news.runs.finished_at IS 'When the crawl ended; none while it runs or if it died.';
COMMENT ON COLUMN news.runs.loaded_at IS 'When its stories were last loaded; none if they never were.';
COMMENT ON COLUMN news.runs.outcome IS
'How the crawl ended. complete: everything that was listed was asked for. incomplete: listings could not be read. '
'empty: no listing named a story. refused: the newspaper does not want to be read now. failed: stopped or died. '
'running: under way, or died without a word.';
COMMENT ON COLUMN news.runs.reason IS 'Why the outcome is not complete, in words.';
COMMENT ON COLUMN news.runs.counts IS
'Stories discovered, known, fetched, gone, moved, failed, rejected, stored, by table and by section, and the coverage.';
COMMENT ON COLUMN news.runs.stats IS 'Scrapy''s own statistics of the crawl.';
COMMENT ON COLUMN news.runs.checks IS
'The checks after the load: a list of objects with name, severity, passed, seen, wanted and message.';

CREATE SEQUENCE news.story_ids AS bigint;

COMMENT ON SEQUENCE news.story_ids IS 'Numbers stories across both tables, so that one which moves keeps its number.';

CREATE TABLE news.articles (
    id bigint NOT NULL DEFAULT nextval('news.story_ids') PRIMARY KEY,
    source text NOT NULL,
    story_id text NOT NULL,
    kind text NOT NULL DEFAULT 'article',
    url text NOT NULL,
    title text NOT NULL CHECK (title <> ''),
    excerpt text,
    body text,
    authors text[] NOT NULL DEFAULT '{}',
    section text,
    dateline text,
    published_at timestamptz,
    updated_at timestamptz,
    edition_date date,
    image_url text,
    image_caption text,
    tags text[] NOT NULL DEFAULT '{}',
    language text NOT NULL,
    extracted_by text NOT NULL CHECK (extracted_by IN ('selectors', 'feed', 'fallback')),
    completeness text NOT NULL CHECK (completeness IN ('full', 'listed')),
    word_count integer NOT NULL DEFAULT 0 CHECK (word_count >= 0),
    content_hash text NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    run_id bigint NOT NULL REFERENCES news.runs,
    search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('news.story', left(title, 10000)), 'A')
        || setweight(to_tsvector('news.story', left(coalesce(excerpt, ''), 10000)), 'B')
        || setweight(to_tsvector('news.story', left(coalesce(body, ''), 200000)), 'C')
    ) STORED,
    UNIQUE (source, story_id),
    CONSTRAINT seen_in_order CHECK (last_seen_at >= first_seen_at)
);

CREATE INDEX ON news.articles (published_at DESC);
CREATE INDEX ON news.articles (source, edition_date);
CREATE INDEX ON news.articles (section, published_at DESC);
CREATE INDEX ON news.articles (run_id);
CREATE INDEX ON news.articles USING gin (search);
CREATE INDEX ON news.articles USING gin (title public.gin_trgm_ops);
CREATE INDEX ON news.articles USING gin (authors);

COMMENT ON TABLE news.articles IS
'News stories, features, columns and letters: everything but editorials. One row a story.';
COMMENT ON COLUMN news.articles.id IS 'The story''s number in this database, across articles and editorials.';
COMMENT ON COLUMN news.articles.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.articles.story_id IS 'The publisher''s own number; with source, the identity of a story.';
COMMENT ON COLUMN news.articles.kind IS 'article or editorial: the table that the story stands in.';
COMMENT ON COLUMN news.articles.url IS 'Canonical address, without slug, query or fragment.';
COMMENT ON COLUMN news.articles.title IS 'Headline.';
COMMENT ON COLUMN news.articles.excerpt IS
'Standfirst, or the summary that the publisher gives to listings and social media.';
COMMENT ON COLUMN news.articles.body IS
'The text: paragraphs parted by one blank line. None on video and chart pages and on stories of a listing only.';
COMMENT ON COLUMN news.articles.authors IS
'Writers in the order of the byline, without "By"; empty where there is none.';
COMMENT ON COLUMN news.articles.section IS 'Section as the paper names it: National, Business, Editorial.';
COMMENT ON COLUMN news.articles.dateline IS 'Place that opens the text in capitals: ISLAMABAD; the body keeps it too.';
COMMENT ON COLUMN news.articles.published_at IS 'When the publisher published the story.';
COMMENT ON COLUMN news.articles.updated_at IS
'When the publisher last changed it, by its own word; none if it never said so.';
COMMENT ON COLUMN news.articles.edition_date IS
'Day of the print edition that carried the story; none if it was online only.';
COMMENT ON COLUMN news.articles.image_url IS 'Address of the story''s main picture.';
COMMENT ON COLUMN news.articles.image_caption IS 'Caption of the first picture.';
COMMENT ON COLUMN news.articles.tags IS 'Keywords that the publisher gave; often empty.';
COMMENT ON COLUMN news.articles.language IS 'Language of the text, ISO 639-1.';
COMMENT ON COLUMN news.articles.extracted_by IS
'How the text was found. selectors: by the newspaper''s own layout. feed: whole in a feed item. '
'fallback: by a general extractor, since the layout was not recognised.';
COMMENT ON COLUMN news.articles.completeness IS
'full: the story was read. listed: known from a listing only, title, excerpt and date.';
COMMENT ON COLUMN news.articles.word_count IS 'Words in the body.';
COMMENT ON COLUMN news.articles.content_hash IS 'SHA-256 of the content; a new one makes a new revision.';
COMMENT ON COLUMN news.articles.revision IS
'1 at first, one more each time the publisher changed the story; see revisions.';
COMMENT ON COLUMN news.articles.first_seen_at IS 'When we first saw the story.';
COMMENT ON COLUMN news.articles.last_seen_at IS 'When we last read the story''s text.';
COMMENT ON COLUMN news.articles.run_id IS 'The run that brought the present text.';
COMMENT ON COLUMN news.articles.search IS
'For full-text search: title (weight A), excerpt (B) and the start of the body (C).';

CREATE TABLE news.editorials (LIKE news.articles INCLUDING ALL);

ALTER TABLE news.editorials ADD FOREIGN KEY (run_id) REFERENCES news.runs;
ALTER TABLE news.editorials ALTER COLUMN kind SET DEFAULT 'editorial';
ALTER TABLE news.editorials ADD CONSTRAINT kind_of_table CHECK (kind = 'editorial');
ALTER TABLE news.articles ADD CONSTRAINT kind_of_table CHECK (kind = 'article');

COMMENT ON TABLE news.editorials IS 'The newspaper''s own opinion: its leading articles. One row a story.';

CREATE TABLE news.revisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    story_id text NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    title text NOT NULL,
    excerpt text,
    body text,
    authors text[] NOT NULL,
    content_hash text NOT NULL,
    updated_at timestamptz,
    seen_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (reason IN ('edit', 'reparse')),
    run_id bigint NOT NULL REFERENCES news.runs,
    UNIQUE (source, story_id, revision)
);

CREATE INDEX revisions_by_change ON news.revisions (changed_at DESC);
CREATE INDEX revisions_by_run ON news.revisions (run_id);

COMMENT ON TABLE news.revisions IS 'Every earlier text of a story that changed: what it said, from when to when.';
COMMENT ON COLUMN news.revisions.id IS 'The row''s number.';
COMMENT ON COLUMN news.revisions.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.revisions.story_id IS 'The publisher''s own number of the story.';
COMMENT ON COLUMN news.revisions.revision IS 'Which revision of the story this text was.';
COMMENT ON COLUMN news.revisions.title IS 'Its headline.';
COMMENT ON COLUMN news.revisions.excerpt IS 'Its standfirst.';
COMMENT ON COLUMN news.revisions.body IS 'Its text.';
COMMENT ON COLUMN news.revisions.authors IS 'Its writers.';
COMMENT ON COLUMN news.revisions.content_hash IS 'SHA-256 of its content.';
COMMENT ON COLUMN news.revisions.updated_at IS 'When the publisher had last changed it, by its own word.';
COMMENT ON COLUMN news.revisions.seen_at IS 'When we first saw this text.';
COMMENT ON COLUMN news.revisions.changed_at IS 'When we first saw the text that replaced it.';
COMMENT ON COLUMN news.revisions.reason IS
'edit: the publisher changed the story. reparse: we read the same page better.';
COMMENT ON COLUMN news.revisions.run_id IS 'The run that brought the text which replaced it.';

CREATE TABLE news.rejects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES news.runs,
    source text NOT NULL,
    story_id text,
    url text,
    reasons text[] NOT NULL CHECK (cardinality(reasons) > 0),
    story jsonb NOT NULL
);

CREATE INDEX rejects_by_run ON news.rejects (run_id);
CREATE INDEX rejects_by_story ON news.rejects (source, story_id);

COMMENT ON TABLE news.rejects IS 'What cleaning refused: nothing that was read is dropped.';
COMMENT ON COLUMN news.rejects.id IS 'The row''s number.';
COMMENT ON COLUMN news.rejects.run_id IS 'The run that read it.';
COMMENT ON COLUMN news.rejects.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.rejects.story_id IS 'The publisher''s own number, if it was known.';
COMMENT ON COLUMN news.rejects.url IS 'Address, if it was known.';
COMMENT ON COLUMN news.rejects.reasons IS
'Codes: missing_id, missing_title, missing_date, date_in_future, body_too_short, not_a_story, wrong_host.';
COMMENT ON COLUMN news.rejects.story IS 'The story as it was scraped, whole.';

CREATE TABLE news.pages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES news.runs,
    source text NOT NULL,
    url text NOT NULL,
    role text NOT NULL CHECK (role IN ('listing', 'feed', 'sitemap', 'story')),
    story_id text,
    fetched_at timestamptz NOT NULL,
    status integer,
    outcome text NOT NULL CHECK (outcome IN ('parsed', 'gone', 'moved', 'failed', 'refused')),
    reason text,
    digest text,
    content_type text,
    etag text,
    last_modified text,
    length bigint,
    warc_offset bigint,
    warc_length bigint
);

CREATE INDEX pages_by_run ON news.pages (run_id);
CREATE INDEX pages_by_url ON news.pages (url, fetched_at DESC);
CREATE INDEX pages_by_story ON news.pages (source, story_id, fetched_at DESC);

COMMENT ON TABLE news.pages IS 'Every page that was asked for: what became of it, and where in the archive it lies.';
COMMENT ON COLUMN news.pages.id IS 'The row''s number.';
COMMENT ON COLUMN news.pages.run_id IS 'The run that asked for it.';
COMMENT ON COLUMN news.pages.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.pages.url IS 'The address that was asked for.';
COMMENT ON COLUMN news.pages.role IS 'What the page was read as: listing, feed, sitemap or story.';
COMMENT ON COLUMN news.pages.story_id IS 'The story whose page it is.';
COMMENT ON COLUMN news.pages.fetched_at IS 'When it was answered, or given up.';
COMMENT ON COLUMN news.pages.status IS 'HTTP status; none where there was no answer.';
COMMENT ON COLUMN news.pages.outcome IS
'parsed: read. gone: the site has it no longer. moved: it leads elsewhere, for example to a sister site. '
'failed: it could not be had or read. refused: the newspaper did not want to be read.';
COMMENT ON COLUMN news.pages.reason IS 'Why it was not read, in words.';
COMMENT ON COLUMN news.pages.digest IS 'Digest of the content, as in its WARC record: sha1 in base 32.';
COMMENT ON COLUMN news.pages.content_type IS 'Content-Type as it was answered.';
COMMENT ON COLUMN news.pages.etag IS 'ETag, for asking whether the page changed.';
COMMENT ON COLUMN news.pages.last_modified IS 'Last-Modified, for asking whether the page changed.';
COMMENT ON COLUMN news.pages.length IS 'Bytes of the unpacked content.';
COMMENT ON COLUMN news.pages.warc_offset IS
'Where its record begins in the pages.warc.gz of the run''s batch, in bytes.';
COMMENT ON COLUMN news.pages.warc_length IS 'Length of its record there, in bytes.';
