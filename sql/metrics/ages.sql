-- Seconds since each newspaper's newest story was published, and since its last complete run was loaded.
SELECT
    paper.source,
    extract(EPOCH FROM now() - greatest(
        (
            SELECT max(story.published_at) FROM news.articles AS story
            WHERE story.source = paper.source
        ),
        (
            SELECT max(story.published_at) FROM news.editorials AS story
            WHERE story.source = paper.source
        )
    ))::integer AS newest_story_age,
    extract(EPOCH FROM now() - (
        SELECT max(run.loaded_at) FROM news.runs AS run
        WHERE run.source = paper.source AND run.outcome = 'complete'
    ))::integer AS last_load_age
FROM news.newspapers AS paper;
