-- Each list of agencies is hashed once per query. Regular expressions of all names would take five times as long.
CREATE OR REPLACE VIEW news.stories_flat AS
SELECT
    source,
    story_id,
    kind,
    day,
    published_local,
    published_at,
    published_date,
    edition_date,
    updated_at,
    section,
    title,
    excerpt,
    body,
    word_count,
    array_to_string(authors, ', ') AS authors_text,
    CASE
        WHEN authors = '{}' THEN 'none'
        WHEN (
            SELECT
                bool_or(lower(author) IN (
                    SELECT lower(listed.name) FROM news.agencies AS listed
                    WHERE listed.kind = 'agency'
                ))
            FROM unnest(authors) AS author
        ) THEN 'agency'
        WHEN (
            SELECT
                bool_and(
                    lower(split_part(author, ' ', -1)) IN (
                        SELECT lower(listed.name) FROM news.agencies AS listed
                        WHERE listed.kind = 'staff'
                    )
                    OR lower(split_part(author, ' ', 1)) IN (
                        SELECT lower(listed.name) FROM news.agencies AS listed
                        WHERE listed.kind = 'staff'
                    )
                )
            FROM unnest(authors) AS author
        ) THEN 'staff'
        ELSE 'named'
    END AS byline_kind,
    coalesce(
        array_remove(
            string_to_array(replace(replace(translate(dateline, '،&', '//'), ' /', '/'), '/ ', '/'), '/'), ''
        ),
        '{}'
    ) AS datelines,
    tags,
    language,
    url,
    image_url,
    image_caption,
    extracted_by,
    completeness,
    revision,
    first_seen_at,
    last_seen_at,
    run_id
FROM news.stories;

COMMENT ON VIEW news.stories_flat IS
'One row per story for BI tools and data frames: the columns of stories except search vectors and hashes, with '
'bylines and datelines ready to group by.';

-- copies the column comments from stories
DO $$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT
            flat.attname,
            col_description(story.attrelid, story.attnum) AS comment
        FROM pg_attribute AS flat
        INNER JOIN pg_attribute AS story ON flat.attname = story.attname
        WHERE
            flat.attrelid = 'news.stories_flat'::regclass
            AND story.attrelid = 'news.stories'::regclass
            AND flat.attnum > 0
            AND story.attnum > 0
    LOOP
        EXECUTE format('COMMENT ON COLUMN news.stories_flat.%I IS %L', described.attname, described.comment);
    END LOOP;
END
$$;

COMMENT ON COLUMN news.stories_flat.authors_text IS
'Authors in the order of the byline, separated by commas; empty if there is no byline.';
COMMENT ON COLUMN news.stories_flat.byline_kind IS
'agency: an author is a news agency. staff: the byline names the newspaper''s own people by their function only, such '
'as Our Correspondent. named: it names a person. none: there is no byline. Agencies and functions are listed in the '
'table agencies.';
COMMENT ON COLUMN news.stories_flat.datelines IS
'Places of the dateline: RAWALPINDI/ISLAMABAD is two; empty if there is no dateline.';

GRANT SELECT ON news.stories_flat TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;
