"""Rows that Postgres refuses: found one by one, so that they cost no other row of their batch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.connection import message_of

Row = TypeVar("Row")

REFUSALS = ("22", "23", "44", "54", "P0")
"""Classes of SQLSTATE that are about the rows of a statement: data exceptions, integrity constraints, check options,
program limits (such as an index entry that is too large) and exceptions of triggers and functions.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""


class RefusedError(Exception):
    """Postgres refused the rows of a statement; what the block did is undone. The message is Postgres's own."""


@contextmanager
def undone_if_refused(cursor: Cursor) -> Iterator[None]:
    """A savepoint: if Postgres refuses rows in the block, the block is undone and the transaction can go on.

    Raises `RefusedError`. Any other error of the database passes through.
    """
    cursor.execute("SAVEPOINT rows")
    try:
        yield
    except psycopg2.Error as error:
        if (error.pgcode or "")[:2] not in REFUSALS:
            raise
        cursor.execute("ROLLBACK TO SAVEPOINT rows; RELEASE SAVEPOINT rows")
        raise RefusedError(message_of(error)) from error
    cursor.execute("RELEASE SAVEPOINT rows")


@contextmanager
def undone(cursor: Cursor) -> Iterator[None]:
    """A savepoint: what the block does is undone at its end."""
    cursor.execute("SAVEPOINT trial")
    try:
        yield
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT trial; RELEASE SAVEPOINT trial")


def refused_rows(rows: Sequence[Row], store: Callable[[Sequence[Row]], None]) -> Iterator[tuple[Row, str]]:
    """The rows that `store` cannot store, each with Postgres's message.

    `store` raises `RefusedError` for rows that include a bad one. It is called with halves of the rows, and halves of
    the refused halves, so that each bad row takes a logarithmic number of calls.
    """
    waiting = [rows]
    while waiting:
        part = waiting.pop()
        try:
            store(part)
        except RefusedError as error:
            if len(part) == 1:
                yield part[0], str(error)
            else:
                half = len(part) // 2
                waiting += [part[half:], part[:half]]


def store_all_but_refused(
    cursor: Cursor, rows: Callable[[], Iterable[Row]], store: Callable[[Iterable[Row]], None]
) -> list[tuple[Row, str]]:
    """Stores rows, and returns those that Postgres refuses, each with its message.

    `rows` is called a second time, and its rows are held in memory, only if one of them is refused.
    """

    def attempt(part: Iterable[Row]) -> None:
        with undone_if_refused(cursor):
            store(part)

    try:
        attempt(rows())
    except RefusedError:
        return list(refused_rows(list(rows()), attempt))
    return []
