-- Which stories appear in the paper twice, nearly word for word, for example in two sections?
-- Covers the last 30 days. Near-duplicates come from near_copies(); similarity is the share of words that both contain.
-- Example output:
--   day        | title                         | other_title                            | similarity
--   -----------+-------------------------------+----------------------------------------+-----------
--   2025-03-29 | Exporters seek faster refunds | Traders ask tax board to clear refunds | 0.71
SELECT
    articles.day,
    articles.title,
    copies.title AS other_title,
    round(copies.similarity::numeric, 2) AS similarity
FROM latest_run
INNER JOIN articles ON latest_run.source = articles.source AND articles.day > latest_run.newest_edition - 30
CROSS JOIN LATERAL near_copies(articles.source, articles.story_id, 0.6) AS copies
WHERE articles.story_id < copies.story_id
ORDER BY articles.day DESC, similarity DESC;
