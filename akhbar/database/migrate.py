"""Brings the database up to date with the migrations in `sql/migrations`: plain SQL, applied by yoyo-migrations.

Functions and views contain no data, so `sql/functions` and `sql/views` are applied every time.
"""

import logging
from contextlib import closing
from dataclasses import asdict
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import yoyo
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.connection import connect
from akhbar.database.locks import lock_migration
from akhbar.newspapers import declared
from akhbar.settings import ROOT

BOOKKEEPING = "akhbar_migrations"
"""The schema of yoyo's own tables, which record the applied migrations."""


def migrate(admin_url: str) -> list[str]:
    """Applies the missing migrations, as the database's owner. Safe to run at any time, even concurrently.

    Returns the names of the applied migrations, in order. Raises `psycopg2.Error` if the database is unreachable or a
    migration fails. Each migration runs in its own transaction, unless it says otherwise.
    """
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    with closing(connect(admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        lock_migration(cursor)
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {BOOKKEEPING}")
        with yoyo.get_backend(_in_schema(admin_url)) as backend:
            backend.break_lock()  # left by a killed process; the advisory lock prevents concurrent migrations
            pending = backend.to_apply(yoyo.read_migrations(str(ROOT / "sql" / "migrations")))
            with backend.lock():
                backend.apply_migrations(pending)
        connection.autocommit = False
        with connection:
            _replace_views(cursor)
            _enter_newspapers(cursor)
        return [migration.id for migration in pending]


def _replace_views(cursor: Cursor) -> None:
    """Creates functions first, with unchecked bodies because they query the views; then `stories`, which other views
    query."""
    cursor.execute("SET LOCAL lock_timeout = '60s'")
    cursor.execute("SET LOCAL check_function_bodies = off")
    views = sorted((ROOT / "sql" / "views").glob("*.sql"), key=lambda file: (file.stem != "stories", file.stem))
    for file in [*sorted((ROOT / "sql" / "functions").glob("*.sql")), *views]:
        cursor.execute(file.read_text())


def _enter_newspapers(cursor: Cursor) -> None:
    statement = (ROOT / "sql" / "load" / "upsert_newspaper.sql").read_text()
    for paper in declared():
        cursor.execute(statement, {**asdict(paper), "source": paper.name})


def _in_schema(url: str) -> str:
    """The URL with yoyo's parameter for the schema of its own tables."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), ("schema", BOOKKEEPING)])))
