-- Have editorials become longer or shorter?
-- One row per year. A single very long piece affects the average more than the median.
-- Example output:
--   year | editorials | average_words | median_words
--   -----+------------+---------------+-------------
--   2016 | 3          | 46            | 46.0
--   2025 | 6          | 32            | 32.0
SELECT
    extract(YEAR FROM day)::integer AS year,
    count(*) AS editorials,
    round(avg(word_count)) AS average_words,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY word_count) AS median_words
FROM editorials
WHERE completeness = 'full'
GROUP BY year
ORDER BY year;
