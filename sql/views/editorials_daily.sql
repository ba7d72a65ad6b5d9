-- Ids that are numbers: the lead editorial has the highest of its day. Paths have no such order: oldest comes first.
CREATE OR REPLACE VIEW news.editorials_daily AS
SELECT
    source,
    day,
    count(*)::integer AS editorials,
    array_agg(title ORDER BY place) AS titles,
    array_agg(url ORDER BY place) AS urls,
    array_agg(story_id ORDER BY place) AS story_ids,
    sum(word_count)::integer AS words,
    ceil(sum(word_count) / 230.0)::integer AS reading_minutes,
    string_agg(concat_ws(E'\n\n', upper(title), coalesce(body, excerpt)), E'\n\n\n' ORDER BY place) AS text
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY source, day
            ORDER BY
                CASE WHEN story_id NOT LIKE '/%' THEN length(story_id) END DESC NULLS LAST,
                CASE WHEN story_id LIKE '/%' THEN published_at END ASC,
                story_id DESC
        ) AS place
    FROM news.editorials
) AS editorials
GROUP BY source, day;

COMMENT ON VIEW news.editorials_daily IS
'One row per newspaper and day with its editorials, in print order if story ids are numbers, otherwise oldest first.';
COMMENT ON COLUMN news.editorials_daily.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.editorials_daily.day IS 'Day of the edition.';
COMMENT ON COLUMN news.editorials_daily.editorials IS 'Number of editorials.';
COMMENT ON COLUMN news.editorials_daily.titles IS 'Headlines.';
COMMENT ON COLUMN news.editorials_daily.urls IS 'URLs.';
COMMENT ON COLUMN news.editorials_daily.story_ids IS 'Ids of the stories.';
COMMENT ON COLUMN news.editorials_daily.words IS 'Total words of the editorials.';
COMMENT ON COLUMN news.editorials_daily.reading_minutes IS 'Minutes to read them all, at 230 words per minute.';
COMMENT ON COLUMN news.editorials_daily.text IS 'All editorials as one text, ready to read or send.';

GRANT SELECT ON news.editorials_daily TO akhbar_reader, akhbar_bi;
