-- The time of the snapshot, and from when the next export must look for changes: a load whose transaction is open now
-- stores rows with earlier times, and this snapshot does not show them. Loads take minutes, so an hour is enough.
SELECT
    now() AS taken_at,
    now() - interval '1 hour' AS changed_since;
