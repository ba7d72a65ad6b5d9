"""Connecting to the database without ever showing its password, and telling of what it refuses."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2.errors import UndefinedTable
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[\w.%-]*)(?::\d*)?"
_READABLE = re.compile(
    r"postgres(?:ql)?://"
    r"(?:[^:/@]*(?::(?:[^/@%]|%[0-9A-Fa-f]{2})*)?@)?"
    rf"{_HOST}(?:,{_HOST})*(?:/[^/@?]*)?(?:\?.*)?"
)
"""What libpq reads as it was meant: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS

Of anything else it takes the password, or a part of it, for a host or a port, and says so in its error.
"""


class LoadError(Exception):
    """The database could not be reached or would not do what it was asked; its open transaction was rolled back."""


@contextmanager
def connected(url: str, failed: str, advice: str) -> Iterator[Connection]:
    """A connection for the length of a block.

    An error of the database is raised as a `LoadError`: what failed, what the database said, and what to do next.
    """
    try:
        with closing(connect(url)) as connection:
            yield connection
    except UndefinedTable as error:
        raise LoadError(f"{failed}: the database has no such table; run akhbar migrate first") from error
    except psycopg2.Error as error:
        said = str(error).strip() or type(error).__name__
        raise LoadError(f"{failed}: {said}; {advice}") from error


def connect(url: str, **parameters: Any) -> Connection:
    """A connection to the database at a URL; `parameters` are libpq's.

    Raises `psycopg2.Error`; its message never holds the password, also where the URL is not one.
    """
    if not _READABLE.fullmatch(url):
        raise psycopg2.ProgrammingError(
            "the database's URL cannot be read; it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and in the "
            "password the signs / @ % are written %2F %40 %25"
        )
    connection: Connection = psycopg2.connect(url, **parameters)
    return connection
