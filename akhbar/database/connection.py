"""Connects to the database, and turns database errors into messages for the operator. No message contains the
password."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from select import select
from typing import Any

import psycopg2
from psycopg2.errors import UndefinedTable
from psycopg2.extensions import (
    POLL_OK,
    POLL_READ,
    PYDATE,
    PYDATEARRAY,
    PYDATETIME,
    PYDATETIMEARRAY,
    PYDATETIMETZ,
    PYDATETIMETZARRAY,
    new_array_type,
    new_type,
    parse_dsn,
    register_type,
    set_wait_callback,
)
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extensions import cursor as Cursor  # noqa: N812

INVALID = (
    "the database URL is invalid; it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and in the password the "
    "signs / @ % are written %2F %40 %25"
)
PORTS = re.compile(r"[0-9, ]*")
"""Of one host or several. libpq takes a password that is not encoded for a port, host or database, and quotes that in
its errors: it ends the password at the first `@`, and takes everything for hosts if a `/` comes before that."""

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
    """A connection to the database at a URL, or with a connection string; `parameters` are libpq's.

    libpq alone reads the URL: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING. Text is
    exchanged in UTF-8, whatever the environment or the database's settings say. A date or timestamp that Python cannot
    represent is read as Postgres writes it, such as "0044-03-15 BC" or "infinity". Raises `psycopg2.Error`. Its message
    never contains the password or a part of it, even if the URL is invalid.
    """
    try:
        read = parse_dsn(url)
    except psycopg2.Error:  # its message quotes the URL
        read = {"port": "unread"}
    if not PORTS.fullmatch(read.get("port", "")) or any("@" in host[1:] for host in read.get("host", "").split(",")):
        raise psycopg2.ProgrammingError(INVALID)
    options = " ".join(filter(None, [read.get("options"), parameters.get("options")])) or None
    try:
        connection: Connection = psycopg2.connect(url, **parameters | {"options": options, "client_encoding": "UTF8"})
    except psycopg2.Error:
        others = [value for name, value in read.items() if name not in ("user", "password")]
        if any("@" in value for value in others):  # a database's name, or what libpq took for it: the end of a password
            raise psycopg2.OperationalError(f"no connection; perhaps {INVALID}") from None
        raise
    for kind in (*DATES, *ARRAYS_OF_DATES):
        register_type(kind, connection)
    return connection


Read = Callable[[str | bytes | None, Cursor], Any]


def _or_text(read: Read) -> Read:
    """A function that returns the text of a date or timestamp if it is out of the range that `read` knows."""

    def read_any(text: str | bytes | None, cursor: Cursor) -> Any:
        if text in ("infinity", "-infinity"):  # read as the first or last moment that Python can represent
            return text
        try:
            return read(text, cursor)
        except (ValueError, psycopg2.DataError):
            return text

    return read_any


DATES = [new_type(read.values, read.name, _or_text(read)) for read in (PYDATE, PYDATETIME, PYDATETIMETZ)]
ARRAYS_OF_DATES = [
    new_array_type(array.values, array.name, read)
    for array, read in zip((PYDATEARRAY, PYDATETIMEARRAY, PYDATETIMETZARRAY), DATES, strict=True)
]


def message_of(error: psycopg2.Error) -> str:
    """Postgres's message, or the error's type if a broken connection left no message."""
    return str(error).strip() or type(error).__name__


@contextmanager
def interruptible() -> Iterator[None]:
    """Lets Ctrl-C end a statement that is running. Without this, a signal is handled when the statement has ended.

    Applies to every connection of this process during the block. The interrupted connection is closed.
    """

    def wait(connection: Connection) -> None:
        try:
            while (state := connection.poll()) != POLL_OK:
                reads, writes = ([connection], []) if state == POLL_READ else ([], [connection])
                select(reads, writes, [])
        except KeyboardInterrupt:
            connection.cancel()
            raise

    set_wait_callback(wait)
    try:
        yield
    finally:
        set_wait_callback(None)
