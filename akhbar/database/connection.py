"""Connects to the database, and turns database errors into messages for the operator. No message contains the
password."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2.errors import UndefinedTable
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extensions import cursor as Cursor  # noqa: N812

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[\w.%-]*)(?::\d*)?"
_URL = re.compile(
    r"postgres(?:ql)?://"
    r"(?:[^:/@]*(?::(?:[^/@%]|%[0-9A-Fa-f]{2})*)?@)?"
    rf"{_HOST}(?:,{_HOST})*(?:/[^/@?]*)?(?:\?.*)?"
)
"""A URL that libpq reads correctly: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

In any other URL, libpq may mistake the password, or part of it, for a host or port, and quote it in its error message.
"""


NOTHING_STORED = "database error, nothing was stored"


class DatabaseError(Exception):
    """The database is unreachable or rejected a statement. The open transaction was rolled back."""


@contextmanager
def connected(url: str, failed: str = "database error") -> Iterator[Connection]:
    """A connection for the duration of a block.

    Turns every database error into `DatabaseError`. The message says what `failed`, what Postgres reported, and what to
    do next.
    """
    try:
        with closing(connect(url)) as connection:
            yield connection
    except UndefinedTable as error:
        raise DatabaseError(f"{failed}: the database has no such table; run akhbar migrate first") from error
    except psycopg2.Error as error:
        raise DatabaseError(f"{failed}: {message_of(error)}; fix the cause and try again") from error


@contextmanager
def transaction(url: str, failed: str = NOTHING_STORED) -> Iterator[Cursor]:
    """A cursor in a transaction: committed at the end of the block, rolled back if the block raises.

    Raises `DatabaseError` as `connected` does.
    """
    with connected(url, failed) as connection, connection, connection.cursor() as cursor:
        yield cursor


def connect(url: str, **parameters: Any) -> Connection:
    """A connection to the database at a URL; `parameters` are libpq's.

    Raises `psycopg2.Error`. Its message never contains the password, even if the URL is invalid.
    """
    if not _URL.fullmatch(url):
        raise psycopg2.ProgrammingError(
            "the database URL is invalid; it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and the "
            "characters / @ % in the password must be written as %2F %40 %25"
        )
    connection: Connection = psycopg2.connect(url, **parameters)
    return connection


def message_of(error: psycopg2.Error) -> str:
    """Postgres's message, or the error's type if a broken connection left no message."""
    return str(error).strip() or type(error).__name__
