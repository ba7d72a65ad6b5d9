-- The newspapers that the demo reads, with the number of their stories.
SELECT
    paper.publisher,
    paper.language,
    count(*) FILTER (WHERE story.kind = 'article') AS articles,
    count(*) FILTER (WHERE story.kind = 'editorial') AS editorials
FROM newspapers AS paper
INNER JOIN stories AS story ON paper.source = story.source
GROUP BY paper.source
ORDER BY paper.publisher;
