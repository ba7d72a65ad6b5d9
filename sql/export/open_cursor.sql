-- Opens the cursor `export` for the query in the setting akhbar.query. Postgres refuses it unless it is one statement
-- that returns rows; a plain DECLARE CURSOR would also run whatever follows a semicolon.
DO $$
DECLARE
    export_cursor refcursor := 'export';
BEGIN
    OPEN export_cursor NO SCROLL FOR EXECUTE current_setting('akhbar.query');
END
$$;
