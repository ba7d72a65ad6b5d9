"""Brings the database up to date with the migrations in `sql/migrations`: plain SQL, applied by yoyo-migrations.

Functions and views hold no data, so those of `sql/functions` and `sql/views` are replaced whenever they differ.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import yoyo
from psycopg2 import sql
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from yoyo.backends.core.postgresql import PostgresqlBackend
from yoyo.connections import parse_uri
from yoyo.migrations import default_migration_table

from akhbar.database import newspapers
from akhbar.database.connection import DatabaseError, connect
from akhbar.database.locks import limit_waiting, lock_migration
from akhbar.database.time_zones import session_zone, set_session_zone
from akhbar.newspapers import declared
from akhbar.settings import ROOT

logger = logging.getLogger(__name__)

BOOKKEEPING = "akhbar_migrations"
"""The schema of yoyo's own tables, which record what was applied when. Its comment is the digest of the functions and
views that were applied last."""
OLDEST = 15
"""The oldest major version of Postgres that the migrations, views and functions run on."""
PATIENCE = timedelta(minutes=15)
"""How long to try for a lock. A session that only reads is ended when it has been idle in a transaction for 10."""
PAUSE = 1.0
"""Seconds between two tries, in which readers go ahead."""


def migrate(admin_url: str, patience: timedelta = PATIENCE) -> list[str]:
    """Applies the migrations that a database lacks, as its owner. May be run at any time, also concurrently.

    Takes no lock if there is nothing to do. Otherwise a statement gives up waiting for a table after half a second, so
    that readers do not queue behind it, and its transaction is tried again, for as long as `patience`. Returns the
    names of the migrations applied, in order. Raises `DatabaseError` if the database is unsuitable or in use all that
    time, and `psycopg2.Error` if it is unreachable or a migration fails. Each migration is a transaction of its own,
    unless it says otherwise. Finally sets the time zone of the sessions of roles that read.
    """
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    with closing(connect(admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        if problem := unsuitable(connection):
            raise DatabaseError(f"nothing was changed: {problem}")
        migrations = yoyo.read_migrations(str(ROOT / "sql" / "migrations"))
        zone = session_zone()
        is_up_to_date = _is_up_to_date(cursor, migrations)
        applied = [] if is_up_to_date else _update(connection, migrations, admin_url, patience)
        set_session_zone(cursor, zone)
        return applied


def _update(connection: Connection, migrations: Any, admin_url: str, patience: timedelta) -> list[str]:
    """Applies pending migrations and replaces the functions and views. Returns the names of the migrations."""
    cursor = connection.cursor()
    lock_migration(cursor)
    give_up_at = monotonic() + patience.total_seconds()
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {BOOKKEEPING}")
    with _Backend(admin_url) as backend:
        backend.create_lock_table()
        backend.break_lock()  # left by a killed process; the advisory lock prevents concurrent migrations
        pending = backend.to_apply(migrations)
        with backend.lock():
            for migration in pending:
                _patiently(cursor, give_up_at, partial(backend.apply_one, migration))
    if not _is_up_to_date(cursor, migrations):
        _patiently(cursor, give_up_at, partial(_replace_definitions, connection))
    return [migration.id for migration in pending]


def unsuitable(connection: Connection) -> str | None:
    """Why the database cannot hold the tables, and what to do about it; None if it can."""
    if connection.info.server_version // 10_000 < OLDEST:
        version = connection.info.parameter_status("server_version")
        return f"the server is Postgres {version}; use Postgres {OLDEST} or newer"
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        return (
            f"the database's encoding is {encoding}, which cannot hold every story: create another with "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )
    return None


class _Backend(PostgresqlBackend):  # type: ignore[misc]
    """yoyo's backend, on connections that libpq opens and that do not wait long for locks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._began = 0.0
        super().__init__(parse_uri("postgresql:///"), default_migration_table)

    def connect(self, dburi: Any) -> Connection:
        self.schema = BOOKKEEPING
        connection = connect(self._url)
        connection.autocommit = True
        return connection

    def copy(self) -> "_Backend":
        return _Backend(self._url)

    def begin(self) -> None:
        self._began = monotonic()
        super().begin()

    def cursor(self) -> Cursor:
        """A cursor for one statement. Indexes are built outside of transactions: these wait, and queue no reader."""
        cursor: Cursor = super().cursor()
        if self.connection.info.transaction_status == TRANSACTION_STATUS_INTRANS:
            limit_waiting(cursor, self._began)
        return cursor


def _patiently(cursor: Cursor, give_up_at: float, work: Callable[[], object]) -> None:
    """Does the work, again and again while others use the tables that it locks."""
    while True:
        try:
            work()
            return
        except LockNotAvailable as error:
            cursor.execute((ROOT / "sql" / "maintenance" / "sessions.sql").read_text())
            [(sessions,)] = cursor.fetchall()
            if monotonic() >= give_up_at:
                raise DatabaseError(
                    f"the migration gave up: other sessions kept the tables in use (pids {sessions}); "
                    "end them with pg_terminate_backend, then run akhbar migrate again"
                ) from error
            logger.info("waiting for the tables, which other sessions use (pids %s)", sessions)
            sleep(PAUSE)


def _is_up_to_date(cursor: Cursor, migrations: Any) -> bool:
    """Whether all migrations were applied, and the functions and views are those of this version. Takes no lock."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{BOOKKEEPING}.{default_migration_table}"])
    if cursor.fetchone() != (True,):
        return False
    applied = sql.SQL("SELECT migration_id FROM {}").format(sql.Identifier(BOOKKEEPING, default_migration_table))
    cursor.execute(applied)
    if not {migration.id for migration in migrations} <= {name for (name,) in cursor}:
        return False
    cursor.execute("SELECT obj_description(%s::regnamespace)", [BOOKKEEPING])
    return cursor.fetchone() == (_digest(cursor),)


def _digest(cursor: Cursor) -> str:
    """Of the functions, views and newspapers as declared, and of the functions and views as they are in the database.

    The second part notices those that were changed, dropped or restored from a back-up.
    """
    cursor.execute((ROOT / "sql" / "maintenance" / "definitions.sql").read_text())
    stored = str(cursor.fetchall())
    wanted = [file.read_text() for file in _definitions()] + [repr(asdict(paper)) for paper in declared()]
    return sha256("\0".join([stored, *wanted]).encode()).hexdigest()


def _definitions() -> list[Path]:
    """Functions first, with unchecked bodies because they query the views; then `stories`, which other views query.

    Functions that return rows of the view `stories` come after it.
    """
    functions = sorted((ROOT / "sql" / "functions").glob("*.sql"), key=lambda file: file.stem)
    after = [file for file in functions if "RETURNS SETOF news.stories" in file.read_text()]
    views = sorted((ROOT / "sql" / "views").glob("*.sql"), key=lambda file: (file.stem != "stories", file.stem))
    return [*(file for file in functions if file not in after), *views, *after]


def _replace_definitions(connection: Connection) -> None:
    """Replaces all functions and views, and enters the newspapers, in one transaction."""
    connection.autocommit = False
    try:
        with connection, connection.cursor() as cursor:
            began = monotonic()
            cursor.execute("SET LOCAL check_function_bodies = off")
            for file in _definitions():
                limit_waiting(cursor, began)
                cursor.execute(file.read_text())
            for paper in declared():
                newspapers.upsert(cursor, paper)
            comment = sql.SQL("COMMENT ON SCHEMA {} IS {}").format(
                sql.Identifier(BOOKKEEPING), sql.Literal(_digest(cursor))
            )
            cursor.execute(comment)
    finally:
        connection.autocommit = True
