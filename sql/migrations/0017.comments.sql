-- Comments on the schema in plain English; nothing else changes. The comments of views and most functions are in
-- sql/views and sql/functions.
-- depends: 0016.seen_again

COMMENT ON SCHEMA news IS 'Newspaper stories, their earlier versions, and the runs that collected them.';
COMMENT ON TEXT SEARCH CONFIGURATION news.story IS 'English word stems, ignoring accents.';
COMMENT ON SEQUENCE news.story_ids IS 'Ids of stories in both tables, so that a story keeps its id when it moves.';
COMMENT ON TYPE news.found_story IS
'A search result: rank is higher for better matches; snippet is safe HTML with the matches in <b>.';
COMMENT ON TYPE news.similar_story IS 'A story similar to another one; similarity ranges from 0 to 1.';
COMMENT ON FUNCTION news.month_number(date) IS 'Months since the year 0, for comparing dates by month.';
COMMENT ON FUNCTION news.set_day() IS
'Trigger function: sets a story''s day to its edition date, or else to its publication date in the newspaper''s '
'time zone.';

COMMENT ON TABLE news.newspapers IS 'Newspapers as declared; akhbar migrate updates the rows.';
COMMENT ON COLUMN news.newspapers.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.newspapers.publisher IS 'Name of the newspaper.';
COMMENT ON COLUMN news.newspapers.home_page IS 'URL of the home page.';
COMMENT ON COLUMN news.newspapers.time_zone IS 'Time zone in which its days begin and end, such as Asia/Karachi.';
COMMENT ON COLUMN news.newspapers.language IS 'Language of the newspaper, as an ISO 639-1 code.';

COMMENT ON TABLE news.runs IS
'One row per run: what was requested, how it ended, what was stored, and which checks it passed.';
COMMENT ON COLUMN news.runs.id IS 'Id of the run in this database.';
COMMENT ON COLUMN news.runs.batch IS 'Folder of the run in the archive, as source/name; identifies the run.';
COMMENT ON COLUMN news.runs.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.runs.mode IS
'edition: the print sections of one day. latest: sitemap, feeds and front pages. replay: archived pages, read again.';
COMMENT ON COLUMN news.runs.edition_date IS 'Print edition that was read; null for a latest run.';
COMMENT ON COLUMN news.runs.dag_id IS 'Airflow DAG; null for a run from the command line.';
COMMENT ON COLUMN news.runs.dag_run_id IS 'Airflow DAG run; null for a run from the command line.';
COMMENT ON COLUMN news.runs.started_at IS 'When the crawl started; for a retried crawl, when the last attempt started.';
COMMENT ON COLUMN news.runs.finished_at IS 'When the crawl or replay ended; null while it is running, or if it died.';
COMMENT ON COLUMN news.runs.loaded_at IS 'When the stories were last loaded; null if they never were.';
COMMENT ON COLUMN news.runs.outcome IS
'How the crawl ended. complete: every listed story was requested. incomplete: some listings could not be read. '
'empty: no listing named a story. refused: the site blocked the crawler. failed: it was stopped or crashed. '
'running: still in progress, or killed before it could report.';
COMMENT ON COLUMN news.runs.reason IS 'Why the outcome is not complete.';
COMMENT ON COLUMN news.runs.counts IS
'Stories discovered, known, rechecked, fetched, unchanged (304), gone, moved, failed, rejected and stored, by table '
'and by section, and the coverage.';
COMMENT ON COLUMN news.runs.stats IS 'Scrapy''s own statistics of the crawl.';
COMMENT ON COLUMN news.runs.checks IS
'Results of the checks after loading: a list of objects with name, severity, passed, seen, wanted and message.';
COMMENT ON COLUMN news.runs.pages_pruned_at IS
'When akhbar prune removed the run''s page archive, pages.warc.gz; null while it exists. Stories are kept.';
COMMENT ON COLUMN news.runs.pages_pruned_bytes IS 'Bytes freed by removing the page archive.';

COMMENT ON TABLE news.articles IS
'News stories, features, columns and letters: everything except editorials. One row per story.';
COMMENT ON COLUMN news.articles.id IS 'Id of the story in this database, unique across articles and editorials.';
COMMENT ON COLUMN news.articles.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.articles.story_id IS 'The publisher''s own number; source and story_id identify a story.';
COMMENT ON COLUMN news.articles.kind IS 'article or editorial: the table that holds the story.';
COMMENT ON COLUMN news.articles.url IS 'Canonical URL, without slug, query or fragment.';
COMMENT ON COLUMN news.articles.title IS 'Headline.';
COMMENT ON COLUMN news.articles.excerpt IS
'Standfirst, or the summary that the publisher provides for listings and social media.';
COMMENT ON COLUMN news.articles.body IS
'Text of the story; paragraphs are separated by one blank line. '
'Null for video and chart pages, and for stories known only from a listing.';
COMMENT ON COLUMN news.articles.authors IS
'Authors in the order of the byline, without "By"; empty if there is no byline.';
COMMENT ON COLUMN news.articles.section IS 'Section as named by the newspaper: National, Business, Editorial.';
COMMENT ON COLUMN news.articles.dateline IS
'Place in capitals at the start of the text, such as ISLAMABAD; the body keeps it.';
COMMENT ON COLUMN news.articles.published_at IS 'When the publisher published the story.';
COMMENT ON COLUMN news.articles.updated_at IS
'When the publisher last changed the story, according to the page; null if it does not say.';
COMMENT ON COLUMN news.articles.edition_date IS
'Date of the print edition that carried the story; null for stories published online only.';
COMMENT ON COLUMN news.articles.image_url IS 'URL of the main image.';
COMMENT ON COLUMN news.articles.image_caption IS 'Caption of the first image.';
COMMENT ON COLUMN news.articles.tags IS 'The publisher''s keywords; often empty.';
COMMENT ON COLUMN news.articles.language IS 'Language of the text, as an ISO 639-1 code.';
COMMENT ON COLUMN news.articles.extracted_by IS
'How the text was extracted. selectors: with the newspaper''s own selectors. feed: whole from a feed item. '
'fallback: with the general extractor, because the layout was not recognised.';
COMMENT ON COLUMN news.articles.completeness IS
'full: the story itself was read. listed: only title, excerpt and date are known, from a listing.';
COMMENT ON COLUMN news.articles.word_count IS 'Number of words in the body.';
COMMENT ON COLUMN news.articles.content_hash IS 'SHA-256 hash of the content, for detecting changes.';
COMMENT ON COLUMN news.articles.revision IS
'Number of the current version, starting at 1; earlier versions are in revisions.';
COMMENT ON COLUMN news.articles.first_seen_at IS 'When the story was first seen.';
COMMENT ON COLUMN news.articles.last_seen_at IS
'When the story was last read, or the site last answered that it had not changed.';
COMMENT ON COLUMN news.articles.run_id IS 'Run that fetched the current text.';
COMMENT ON COLUMN news.articles.search IS
'Full-text search vector: title (weight A), excerpt (B) and the first 200,000 characters of the body (C).';
COMMENT ON COLUMN news.articles.day IS
'Date of the story''s print edition, or else its publication date in the newspaper''s time zone.';
COMMENT ON COLUMN news.articles.copy_keys IS
'MinHash bands of the text: stories that share a value are probably copies of each other; see near_copies().';
COMMENT ON COLUMN news.articles.read_at IS
'When the page or feed with the current text was fetched; null for stories stored before this column existed.';

COMMENT ON TABLE news.editorials IS 'The newspaper''s own opinion: its leading articles. One row per story.';

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
        WHERE attrelid = 'news.articles'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('COMMENT ON COLUMN news.editorials.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$$;

COMMENT ON TABLE news.revisions IS 'Earlier versions of stories that changed, and when each was current.';
COMMENT ON COLUMN news.revisions.id IS 'Id of the row.';
COMMENT ON COLUMN news.revisions.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.revisions.story_id IS 'The publisher''s number of the story.';
COMMENT ON COLUMN news.revisions.revision IS 'Number of this version of the story.';
COMMENT ON COLUMN news.revisions.title IS 'Headline of this version.';
COMMENT ON COLUMN news.revisions.excerpt IS 'Standfirst of this version.';
COMMENT ON COLUMN news.revisions.body IS 'Text of this version.';
COMMENT ON COLUMN news.revisions.authors IS 'Authors of this version.';
COMMENT ON COLUMN news.revisions.content_hash IS 'SHA-256 hash of this version''s content.';
COMMENT ON COLUMN news.revisions.updated_at IS
'When the publisher had last changed this version, according to the page.';
COMMENT ON COLUMN news.revisions.seen_at IS 'When this version was first seen.';
COMMENT ON COLUMN news.revisions.changed_at IS
'When the next version was first seen; for a reparse, when the page was read again.';
COMMENT ON COLUMN news.revisions.reason IS
'edit: the publisher changed the story. reparse: the same page was read again with a different result.';
COMMENT ON COLUMN news.revisions.run_id IS 'Run that found the next version; for a reparse, the replay.';

COMMENT ON TABLE news.rejects IS 'Stories that cleaning rejected, kept in full so that nothing is lost.';
COMMENT ON COLUMN news.rejects.id IS 'Id of the row.';
COMMENT ON COLUMN news.rejects.run_id IS 'Run that read the story.';
COMMENT ON COLUMN news.rejects.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.rejects.story_id IS 'The publisher''s number of the story, if known.';
COMMENT ON COLUMN news.rejects.url IS 'URL of the story, if known.';
COMMENT ON COLUMN news.rejects.reasons IS
'Reason codes: missing_id, missing_title, missing_date, date_in_future, body_too_short, not_a_story, wrong_host.';
COMMENT ON COLUMN news.rejects.story IS 'The whole story as scraped.';

COMMENT ON TABLE news.pages IS 'Every requested page, with its outcome and its place in the archive.';
COMMENT ON COLUMN news.pages.id IS 'Id of the row.';
COMMENT ON COLUMN news.pages.run_id IS 'Run that requested the page.';
COMMENT ON COLUMN news.pages.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.pages.url IS 'Requested URL.';
COMMENT ON COLUMN news.pages.role IS 'What the page was read as: listing, feed, sitemap or story.';
COMMENT ON COLUMN news.pages.story_id IS 'Story on the page, if it is a story page.';
COMMENT ON COLUMN news.pages.fetched_at IS 'When the response arrived, or the crawler gave up.';
COMMENT ON COLUMN news.pages.status IS 'HTTP status; null if there was no response.';
COMMENT ON COLUMN news.pages.outcome IS
'parsed: the page was read. unchanged: the site answered 304 Not Modified. gone: the site no longer has the page. '
'moved: it redirects elsewhere, for example to a sister site. failed: it could not be fetched or read. '
'refused: the site blocked the crawler.';
COMMENT ON COLUMN news.pages.reason IS 'Why the page was not read.';
COMMENT ON COLUMN news.pages.digest IS 'SHA-1 digest of the content in base 32, as in the WARC record.';
COMMENT ON COLUMN news.pages.content_type IS 'Content-Type header of the response.';
COMMENT ON COLUMN news.pages.etag IS 'ETag header, for conditional requests.';
COMMENT ON COLUMN news.pages.last_modified IS 'Last-Modified header, for conditional requests.';
COMMENT ON COLUMN news.pages.length IS 'Length of the uncompressed content in bytes.';
COMMENT ON COLUMN news.pages.warc_offset IS
'Byte offset of the record in pages.warc.gz of the run''s batch; null once that file was pruned.';
COMMENT ON COLUMN news.pages.warc_length IS 'Length of the record in bytes; null once pages.warc.gz was pruned.';

COMMENT ON TABLE news.alerts IS
'Problems reported to the operator: one message when a problem appears, another when it is over.';
COMMENT ON COLUMN news.alerts.id IS 'Id of the alert, in order of appearance.';
COMMENT ON COLUMN news.alerts.problem IS 'Key that identifies the problem while it lasts: "edition dawn 2026-11-24".';
COMMENT ON COLUMN news.alerts.message IS 'Message for the operator.';
COMMENT ON COLUMN news.alerts.opened_at IS 'When the problem was first seen.';
COMMENT ON COLUMN news.alerts.told_at IS
'When the message was delivered; null if it was not, or if notifications are off.';
COMMENT ON COLUMN news.alerts.closed_at IS
'When the problem was over and, if it had been reported, the operator notified; null while it lasts.';

COMMENT ON TABLE news.replayed IS 'Batches that each replay has finished, so that an interrupted replay can resume.';
COMMENT ON COLUMN news.replayed.run_id IS 'The replay, which is a run of its own.';
COMMENT ON COLUMN news.replayed.batch IS 'Batch that was read again; see runs.batch.';
COMMENT ON COLUMN news.replayed.replayed_at IS 'When the stories of the batch were stored.';
COMMENT ON COLUMN news.replayed.counts IS
'Pages read; stories inserted, updated, unchanged, rejected, and read differently than before (reparsed); the fields '
'that differed, with examples; and the archive records that could not be read.';

COMMENT ON VIEW news.edition_shares IS
'One row per newspaper and edition: the shares of its articles without a byline, without a dateline, and read by '
'the general extractor.';
COMMENT ON COLUMN news.edition_shares.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.edition_shares.edition_date IS 'Date of the print edition.';
COMMENT ON COLUMN news.edition_shares.articles IS 'Number of articles with a body; the shares are of these.';
COMMENT ON COLUMN news.edition_shares.without_byline IS 'Share without a byline, from 0 to 1.';
COMMENT ON COLUMN news.edition_shares.without_dateline IS 'Share without a dateline, from 0 to 1.';
COMMENT ON COLUMN news.edition_shares.by_fallback IS 'Share read by the general extractor, from 0 to 1.';
