-- The order matters: the newest stamp, then the locks of the loads in flight, then, by the caller, the rows. A load
-- that takes its lock after these locks were read gets a later stamp than the newest one. A load that released its lock
-- before had committed before. Each statement of a plpgsql function sees what was committed when the statement began.
CREATE OR REPLACE FUNCTION news.stored_until()
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    newest timestamptz;
    oldest_in_flight timestamptz;
BEGIN
    IF pg_is_in_recovery() THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = 'a standby server does not know which loads are in flight, so rows could be missed',
            HINT = 'Call stored_until() or changed_since() on the primary server.';
    ELSIF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format(
                'a %s transaction does not see what was committed since it began, so rows could be missed',
                current_setting('transaction_isolation')
            ),
            HINT = 'Call stored_until() in a READ COMMITTED transaction of its own before this one, '
                'or changed_since() in a READ COMMITTED transaction.';
    END IF;
    SELECT max(stories.stored_at) INTO newest FROM news.stories;
    IF newest IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT min(timestamptz '2000-01-01 00:00+00' + held.objid::bigint * interval '1 second')
    INTO oldest_in_flight
    FROM pg_locks AS held
    WHERE
        held.locktype = 'advisory'
        AND held.objsubid = 2
        AND held.classid = (hashtext('akhbar.store')::bigint & 4294967295)::oid
        AND held.database = (SELECT db.oid FROM pg_database AS db WHERE db.datname = current_database());
    RETURN least(newest, oldest_in_flight - interval '1 microsecond');
END
$$;

COMMENT ON FUNCTION news.stored_until() IS
'The newest stored_at up to which nothing is missing: no load in flight can still store a story with this stored_at or '
'an earlier one. Null if no story is stored. For copies that read the tables themselves: call it first, then, in a '
'later statement, select the stories with stored_at up to it. changed_since() does both.';
