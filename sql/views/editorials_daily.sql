-- The lead has the highest number of its day.
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
'One row a day with its editorials, in the order of the paper: the lead first.';
COMMENT ON COLUMN news.editorials_daily.source IS 'The newspaper, by its spider''s name: dawn.';
COMMENT ON COLUMN news.editorials_daily.day IS 'The day of the edition.';
COMMENT ON COLUMN news.editorials_daily.editorials IS 'How many there are.';
COMMENT ON COLUMN news.editorials_daily.titles IS 'Their headlines.';
COMMENT ON COLUMN news.editorials_daily.urls IS 'Their addresses.';
COMMENT ON COLUMN news.editorials_daily.story_ids IS 'Their numbers.';
COMMENT ON COLUMN news.editorials_daily.words IS 'Words of all of them.';
COMMENT ON COLUMN news.editorials_daily.reading_minutes IS 'Minutes to read them all, at 230 words a minute.';
COMMENT ON COLUMN news.editorials_daily.text IS 'All of them as one text, to read or to send.';

GRANT SELECT ON news.editorials_daily TO akhbar_reader, akhbar_bi;
