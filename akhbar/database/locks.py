"""Advisory locks in the database: they prevent two processes, on one machine or several, from doing the same work at
the same time.

Postgres releases a session's locks when the session ends, so a process that dies leaves no lock behind. All of the
pipeline's locks are taken here: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Literal

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.connection import NOTHING_STORED, connected

logger = logging.getLogger(__name__)

Work = Literal["backfill", "crawl", "replay", "run"]
"""What a lock protects: a newspaper's backfill or replay, a site's crawl (by host), or a run (by batch)."""

LONGEST_WAIT = 0.5
"""Seconds that the statements of a transaction may wait for locks, all of them together."""

MIGRATION = 0x616B68626172
"""The key of the lock that a migration holds."""


def try_lock(cursor: Cursor, work: Work, name: str) -> bool:
    """Takes the lock for this session if it is free. Returns whether this session holds it."""
    cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", [f"akhbar.{work}", name])
    return cursor.fetchone() == (True,)


def lock(cursor: Cursor, work: Work, name: str, level: int = logging.WARNING) -> None:
    """Takes the lock for this session. If another session holds it, logs that at the given level and waits."""
    if not try_lock(cursor, work, name):
        logger.log(level, "another %s of %s is running: waiting for it to end", work, name)
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s), hashtext(%s))", [f"akhbar.{work}", name])


@contextmanager
def locked(database_url: str, work: Work, name: str) -> Iterator[None]:
    """Holds the lock for the duration of a block. Raises `DatabaseError`."""
    with connected(database_url, NOTHING_STORED) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            lock(cursor, work, name)
            yield


def release(cursor: Cursor) -> None:
    """Releases this session's locks now: Postgres can take a moment to notice that a connection was closed."""
    cursor.execute("SELECT pg_advisory_unlock_all()")


def lock_loading(cursor: Cursor, source: str) -> None:
    """Waits until no other transaction is loading stories of a newspaper, then holds the lock until this one ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"akhbar.load.{source}"])


def lock_migration(cursor: Cursor) -> None:
    """Waits until no other migration is running. Polls: a waiting statement would block `CREATE INDEX CONCURRENTLY`."""
    while True:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION])
        if cursor.fetchone() == (True,):
            return
        sleep(0.2)


def lock_settings(cursor: Cursor) -> None:
    """Waits until no other session is changing the settings of roles, then holds the lock until this session ends."""
    cursor.execute("SELECT pg_advisory_lock(hashtext('akhbar.settings'))")


def limit_waiting(cursor: Cursor, began: float) -> None:
    """Lets the next statement wait for locks until `LONGEST_WAIT` has passed since `began`, a `monotonic` time.

    While a statement waits for a table, later statements that use the table wait behind it, even reads. After the limit
    it raises `LockNotAvailable`.
    """
    left = max(1, round((began + LONGEST_WAIT - monotonic()) * 1000))
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{left}ms"])
