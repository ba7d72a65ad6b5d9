"""Bringing the database up to date: the plain SQL of `sql/migrations`, applied by yoyo-migrations.

Functions and views hold no data: those of `sql/functions` and `sql/views` are replaced every time.
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
"""The schema of yoyo's own tables: what was applied when."""


def migrate(admin_url: str) -> list[str]:
    """Applies the migrations that a database lacks, as the owner. May be run at any time, also twice at once.

    Returns the names of those applied now, in order. Raises `psycopg2.Error` if the database cannot be reached or a
    migration fails; each one is a transaction of its own, unless it says otherwise.
    """
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    with closing(connect(admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        lock_migration(cursor)
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {BOOKKEEPING}")
        with yoyo.get_backend(_in_schema(admin_url)) as backend:
            backend.break_lock()  # a row left by a process that was killed; the advisory lock is what counts
            pending = backend.to_apply(yoyo.read_migrations(str(ROOT / "sql" / "migrations")))
            with backend.lock():
                backend.apply_migrations(pending)
        connection.autocommit = False
        with connection:
            _replace_views(cursor)
            _enter_newspapers(cursor)
        return [migration.id for migration in pending]


def _replace_views(cursor: Cursor) -> None:
    """Functions first, their bodies unchecked since they ask the views; then `stories`, which other views ask."""
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
    """The URL with yoyo's parameter that puts its tables in their own schema."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), ("schema", BOOKKEEPING)])))
