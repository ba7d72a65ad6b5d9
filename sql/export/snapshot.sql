SELECT
    now() AS taken_at,
    now() AS changed_since;
