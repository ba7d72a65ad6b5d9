-- Who writes about what?
-- Writers with their sections, and the words most frequent in their headlines over the last 90 days.
-- Example output:
--   author       | stories | sections           | words
--   -------------+---------+--------------------+----------------------------
--   APP          | 2       | Business, National | board, clear, refund
--   AFP          | 1       | Sport              | level
--   Anwar Lodhi  | 1       | Front Page         | committe, moonsight, sunday
--   Bilal Memon  | 1       | Business           | export, faster, refund
--   Dawn Report  | 1       | National           | court, licenc, restor
--   Hina Batool  | 1       | Front Page         | committe, moonsight, sunday
--   Mariam Yusuf | 1       | Front Page         | april, effect, minist
--   Nasir Gondal | 1       | National           | target, tenth, wheat
WITH words AS (
    SELECT
        author,
        unnest(tsvector_to_array(ts_filter(articles.search, '{a}'))) AS word
    FROM latest_run
    INNER JOIN articles ON latest_run.source = articles.source AND articles.day > latest_run.newest_edition - 90
    CROSS JOIN LATERAL unnest(articles.authors) AS author
),

favourites AS (
    SELECT
        author,
        word,
        row_number() OVER (PARTITION BY author ORDER BY count(*) DESC, word) AS place
    FROM words
    WHERE length(word) > 4
    GROUP BY author, word
)

SELECT
    authors.author,
    authors.stories,
    array_to_string(authors.sections, ', ') AS sections,
    string_agg(favourites.word, ', ' ORDER BY favourites.place) AS words
FROM authors
INNER JOIN favourites ON authors.author = favourites.author AND favourites.place <= 3
GROUP BY authors.author, authors.stories, authors.sections
ORDER BY authors.stories DESC, authors.author ASC
LIMIT 20;
