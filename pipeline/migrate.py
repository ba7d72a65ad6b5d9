"""Bringing the database up to date: the plain SQL of `sql/migrations`, applied by yoyo-migrations."""

import logging
from contextlib import closing
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg2
import yoyo

from pipeline.settings import ROOT

BOOKKEEPING = "akhbar_migrations"
"""The schema of yoyo's own tables: what was applied when."""

ONE_AT_A_TIME = 0x616B68626172
"""The advisory lock of a migration: two at once wait for each other."""


def migrate(admin_url: str) -> list[str]:
    """Applies the migrations that a database lacks, as the owner. May be run at any time, also twice at once.

    Returns the names of those applied now, in order. Raises `psycopg2.Error` if the database cannot be reached or a
    migration fails; each one is a transaction of its own.
    """
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    with closing(psycopg2.connect(admin_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {BOOKKEEPING}")
        with yoyo.get_backend(_in_schema(admin_url)) as backend:
            backend.break_lock()  # ours is the advisory lock: a row left here is of a process that was killed
            pending = backend.to_apply(yoyo.read_migrations(str(ROOT / "sql" / "migrations")))
            with backend.lock():
                backend.apply_migrations(pending)
        return [migration.id for migration in pending]


def _in_schema(url: str) -> str:
    """The URL with yoyo's parameter that puts its tables in their own schema."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), ("schema", BOOKKEEPING)])))
