-- At what hour do stories go online?
-- Hours are in Karachi time; most of a print edition goes online in the early morning. Stories of which only the day is
-- known are left out.
-- Example output:
--   hour | stories | percent
--   -----+---------+--------
--   6    | 17      | 55
--   7    | 14      | 45
SELECT
    extract(HOUR FROM published_at AT TIME ZONE 'Asia/Karachi')::integer AS hour,
    count(*) AS stories,
    round(100.0 * count(*) / sum(count(*)) OVER ()) AS percent
FROM stories
WHERE published_at IS NOT NULL
GROUP BY hour
ORDER BY hour;
