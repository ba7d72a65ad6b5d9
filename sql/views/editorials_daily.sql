-- The lead editorial has the day's highest number.
CREATE OR REPLACE VIEW news.editorials_daily AS
SELECT
    source,
    day,
    count(*)::integer AS editorials,
    array_agg(title ORDER BY length(story_id) DESC, story_id DESC) AS titles,
    array_agg(url ORDER BY length(story_id) DESC, story_id DESC) AS urls,
    array_agg(story_id ORDER BY length(story_id) DESC, story_id DESC) AS story_ids,
    sum(word_count)::integer AS words,
    ceil(sum(word_count) / 230.0)::integer AS reading_minutes,
    string_agg(
        concat_ws(E'\n\n', upper(title), coalesce(body, excerpt)),
        E'\n\n\n' ORDER BY length(story_id) DESC, story_id DESC
    ) AS text
FROM news.editorials
GROUP BY source, day;

COMMENT ON VIEW news.editorials_daily IS
'One row per newspaper and day with its editorials in print order, the lead first.';
COMMENT ON COLUMN news.editorials_daily.source IS 'Short name of the newspaper, such as dawn.';
COMMENT ON COLUMN news.editorials_daily.day IS 'Day of the edition.';
COMMENT ON COLUMN news.editorials_daily.editorials IS 'Number of editorials.';
COMMENT ON COLUMN news.editorials_daily.titles IS 'Headlines.';
COMMENT ON COLUMN news.editorials_daily.urls IS 'URLs.';
COMMENT ON COLUMN news.editorials_daily.story_ids IS 'Story numbers.';
COMMENT ON COLUMN news.editorials_daily.words IS 'Total words of the editorials.';
COMMENT ON COLUMN news.editorials_daily.reading_minutes IS 'Minutes to read them all, at 230 words per minute.';
COMMENT ON COLUMN news.editorials_daily.text IS 'All editorials as one text, ready to read or send.';

GRANT SELECT ON news.editorials_daily TO akhbar_reader, akhbar_bi;
