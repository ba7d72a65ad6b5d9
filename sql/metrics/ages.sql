-- Seconds since each newspaper's newest story was published, and since its last complete run was loaded. A story of
-- which only the day is known may have been published at the end of that day, or now.
SELECT
    paper.source,
    extract(EPOCH FROM now() - greatest(
        (
            SELECT max(story.published_at) FROM news.stories AS story
            WHERE story.source = paper.source
        ),
        least(now(), news.start_of_day(paper.source, (
            SELECT max(story.published_date) FROM news.stories AS story
            WHERE story.source = paper.source AND story.published_at IS NULL
        )) + interval '1 day')
    ))::integer AS newest_story_age,
    extract(EPOCH FROM now() - (
        SELECT max(run.loaded_at) FROM news.runs AS run
        WHERE run.source = paper.source AND run.outcome = 'complete'
    ))::integer AS last_load_age
FROM news.newspapers AS paper;
