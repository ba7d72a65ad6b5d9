-- The sessions that use tables or views of the schema, by process id.
SELECT coalesce(string_agg(DISTINCT l.pid::text, ', '), 'gone by now')
FROM pg_locks AS l
INNER JOIN pg_class AS c ON l.relation = c.oid
WHERE
    c.relnamespace = 'news'::regnamespace
    AND l.pid <> pg_backend_pid()
    AND l.database = (
        SELECT oid FROM pg_database
        WHERE datname = current_database()
    );
