"""`akhbar export`: writes a table, a view or the result of a query to a CSV, JSON Lines or Parquet file, in constant
memory, with a manifest beside it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from io import BufferedRandom
from pathlib import Path
from typing import Any, Protocol

import psycopg2
from psycopg2 import sql
from psycopg2.errors import InvalidCursorDefinition, QueryCanceled
from psycopg2.extensions import UNICODE, new_array_type, new_type, register_type
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from akhbar import settings
from akhbar.database.connection import connect, interruptible, message_of
from akhbar.database.file_formats import ARROW, DATE, TIMESTAMP, TIMESTAMPTZ, WRITERS, Column, ColumnError, Format

Progress = Callable[[int], None]
STATEMENTS = settings.ROOT / "sql" / "export"
DAYS = {
    "stories": "day",
    "articles": "day",
    "editorials": "day",
    "editorials_daily": "day",
    "coverage_daily": "day",
    "editions": "day",
    "days_read": "day",
    "stories_flat": "day",
    "reject_summary": "day",
    "story_changes": "changed_at",
    "revisions": "changed_at",
    "runs": "started_at",
    "authors": "last_seen",
    "latest_run": "newest_edition",
}
"""What can be exported, and the column to which a range of days applies."""
LEFT_OUT = ("search", "copy_keys")
"""Columns that are useless outside Postgres."""
AT_ONCE = 1000
"""How many rows are fetched at a time."""


class ExportError(Exception):
    """The export failed; no file was written."""


class Selection(Protocol):
    """What to export."""

    @property
    def name(self) -> str:
        """What errors call it."""

    def statement(self, cursor: Cursor, until: datetime | None) -> str:
        """The query whose rows are exported; of changed stories, those stored until then.

        Raises `ExportError` if the selection does not fit the database.
        """

    def described(self) -> dict[str, Any]:
        """The selection in the manifest."""


@dataclass(frozen=True)
class TableRows:
    """The rows of a table or view, limited by the filters that are set."""

    table: str
    first: date | None = None
    last: date | None = None
    newspapers: tuple[str, ...] = ()
    language: str | None = None
    changed_since: datetime | None = None

    @property
    def name(self) -> str:
        return self.table

    def statement(self, cursor: Cursor, until: datetime | None) -> str:
        if self.first and self.last and self.first > self.last:
            raise ExportError(f"--from {self.first} is after --to {self.last}: swap them")
        if self.changed_since and self.table != "stories":
            raise ExportError(
                f"--changed-since does not apply to {self.table}: use --table stories, which also has the stories that "
                "moved between articles and editorials"
            )
        if self.newspapers:
            _check_newspapers(cursor, self.newspapers)
        source = sql.Identifier("news", self.table)
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(source))
        columns = [column.name for column in cursor.description or []]
        for option, column in (("--newspaper", "source"), ("--language", "language")):
            if column not in columns and {"source": self.newspapers, "language": self.language}[column]:
                raise ExportError(
                    f"{option} does not apply to {self.table}, which has no column {column}: leave it out"
                )
        values = sql.SQL(", ").join(sql.Identifier(name) for name in columns if name not in LEFT_OUT)
        return sql.SQL("SELECT {} FROM {} WHERE {}").format(values, source, self._condition(until)).as_string(cursor)

    def _condition(self, until: datetime | None) -> sql.Composable:
        day = sql.SQL("{}::date").format(sql.Identifier(DAYS[self.table]))
        conditions: list[sql.Composable] = [sql.SQL("true")]
        if self.first:
            conditions.append(sql.SQL("{} >= {}").format(day, sql.Literal(self.first)))
        if self.last:
            conditions.append(sql.SQL("{} <= {}").format(day, sql.Literal(self.last)))
        if self.newspapers:
            conditions.append(sql.SQL("source = ANY({})").format(sql.Literal(list(self.newspapers))))
        if self.language:
            conditions.append(sql.SQL("language = {}").format(sql.Literal(self.language)))
        if self.changed_since:
            bounds = sql.Literal(self.changed_since), sql.Literal(until)
            conditions.append(sql.SQL("stored_at > {} AND stored_at <= {}").format(*bounds))
        return sql.SQL(" AND ").join(conditions)

    def described(self) -> dict[str, Any]:
        since = self.changed_since and self.changed_since.isoformat()
        filters = {"from": self.first, "to": self.last, "newspapers": list(self.newspapers), "language": self.language}
        chosen = {name: value for name, value in (filters | {"changed_since": since}).items() if value}
        return {"table": self.table, "filters": chosen}


@dataclass(frozen=True)
class QueryRows:
    """The rows of a query in a file, such as those in `sql/queries`."""

    file: Path
    query: str

    @classmethod
    def read(cls, file: Path) -> "QueryRows":
        try:
            query = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ExportError(f"{file} is not UTF-8 text: save it as UTF-8") from None
        except OSError as error:
            raise ExportError(f"{file} cannot be read: {error.strerror}") from None
        if "\0" in query:
            raise ExportError(f"{file} contains a null character, so it is not an SQL file")
        return cls(file, query)

    @property
    def name(self) -> str:
        return str(self.file)

    def statement(self, cursor: Cursor, until: datetime | None) -> str:
        return self.query

    def described(self) -> dict[str, Any]:
        return {"query_file": self.file.name, "query": self.query}


def export(
    database_url: str,
    selection: Selection,
    form: Format,
    target: Path,
    progress: Progress = lambda rows: None,
) -> int:
    """Writes the selected rows, of one snapshot of the database, to a file. Returns the number of rows.

    The file and its manifest are written under temporary names and renamed when they are complete. `progress` receives
    the number of rows of each block. Raises `ExportError` if the selection is invalid, or on a database or disk error.
    """
    try:
        # a file's times do not depend on the time zone that the role's sessions have
        with interruptible(), closing(connect(database_url, options="-c timezone=UTC")) as connection:
            _end_with_this_process(connection)
            until = _stored_until(connection)
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with connection.cursor() as cursor:
                statement = selection.statement(cursor, until)
                cursor.execute("SELECT now()")
                [(taken_at,)] = cursor.fetchall()
                with _replacing(manifest_of(target)) as manifest, _replacing(target) as file:
                    columns = _open(cursor, statement)
                    rows = _write(cursor, columns, form, file, progress)
                    described = {"akhbar": settings.VERSION, "file": target.name, "format": form, "rows": rows}
                    described |= {**_content_of(file), **selection.described(), "snapshot_at": taken_at.isoformat()}
                    described["changed_since"] = until and until.isoformat()
                    described["columns"] = [{"name": column.name, "type": column.type_name} for column in columns]
                    manifest.write(json.dumps(described, indent=2, ensure_ascii=False, default=str).encode() + b"\n")
    except psycopg2.Error as error:
        raise ExportError(f"the export of {selection.name} failed: {_reason(error, selection)}") from error
    except ColumnError as error:
        raise ExportError(f"the export of {selection.name} failed: {error}") from error
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror}; choose another with --output") from error
    return rows


def _write(
    cursor: Cursor, columns: list[Column], form: Format, file: BufferedRandom, progress: Callable[[int], None]
) -> int:
    """Writes the rows of the open cursor. Returns their number."""
    total = 0
    with WRITERS[form](file, columns, partial(_since_1970, cursor.connection)) as write:
        while rows := _fetch(cursor):
            write(rows)
            total += len(rows)
            progress(len(rows))
    file.flush()
    return total


def manifest_of(target: Path) -> Path:
    """The manifest of an exported file."""
    return target.with_name(f"{target.name}.manifest.json")


@contextmanager
def _replacing(target: Path) -> Iterator[BufferedRandom]:
    """A file that replaces `target` at the end of the block; if the block raises, `target` stays as it is.

    It has a fixed name, so the next export of the same file overwrites what a killed one left. The lock, which ends
    with its process, keeps two exports from writing the same file.
    """
    unfinished = target.with_name(f".{target.name}.partial")
    with unfinished.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(file.fileno()), unfinished.stat())  # not just renamed by another export
        except (BlockingIOError, FileNotFoundError):
            is_ours = False
        if not is_ours:
            raise ExportError(f"another export is writing {target}: wait for it, or choose another with --output")
        try:
            file.seek(0)
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink()
            raise


def _content_of(file: BufferedRandom) -> dict[str, Any]:
    """The size and checksum of a file in the manifest."""
    file.seek(0)
    return {"bytes": os.fstat(file.fileno()).st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


# --- the database ---------------------------------------------------------------------------------------------------


def _check_newspapers(cursor: Cursor, names: tuple[str, ...]) -> None:
    cursor.execute("SELECT source FROM news.newspapers ORDER BY source")
    known = [name for (name,) in cursor]
    for name in names:
        if name not in known:
            raise ExportError(f"no newspaper of the database is called {name!r}: choose one of {', '.join(known)}")


def _end_with_this_process(connection: Connection) -> None:
    """Has the server end the query within a second when this process is gone, also if it could not cancel the query.
    Servers on some operating systems cannot; they notice when they next send rows."""
    with suppress(psycopg2.Error), connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('client_connection_check_interval', '1s', false)")


def _stored_until(connection: Connection) -> datetime | None:
    """From when the next export must look for changes, in a transaction of its own before the snapshot is taken: loads
    in progress store rows with later times. None if no story is stored."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT news.stored_until()")
        [(until,)] = cursor.fetchall()
    return until  # type: ignore[no-any-return]


def _open(cursor: Cursor, statement: str) -> list[Column]:
    """Opens the cursor `export` for a query. Returns the columns of its rows."""
    cursor.execute("SELECT set_config('akhbar.query', %s, true)", [statement])
    cursor.execute((STATEMENTS / "open_cursor.sql").read_text())
    cursor.execute("FETCH 0 FROM export")
    found = cursor.description or ()
    names = [column.name for column in found]
    if not names:
        raise ExportError("the query returns rows without columns: name at least one after SELECT")
    for name in names:
        if names.count(name) > 1:
            raise ExportError(f"the query returns two columns called {name!r}: rename one with AS")
    cursor.execute((STATEMENTS / "types.sql").read_text(), {"oids": [column.type_code for column in found]})
    types = {oid: (name, element) for oid, name, element in cursor}
    columns = []
    for column in found:
        name, element = types[column.type_code]
        digits = None if column.precision is None else (column.precision, column.scale)
        columns.append(Column(column.name, name, element or column.type_code, element is not None, digits))
        if columns[-1].type_oid not in ARROW:
            _read_as_text(cursor, column.type_code, is_array=columns[-1].is_array)
    return columns


def _read_as_text(cursor: Cursor, oid: int, *, is_array: bool) -> None:
    """Values of a type, or the elements of its arrays, as Postgres writes them, whatever psycopg2 makes of the type: an
    interval of a month is not one of 30 days."""
    make = partial(new_array_type, (oid,), "TEXT[]") if is_array else partial(new_type, (oid,), "TEXT")
    register_type(make(UNICODE), cursor)


def _fetch(cursor: Cursor) -> list[tuple[Any, ...]]:
    cursor.execute(f"FETCH {AT_ONCE} FROM export")
    return cursor.fetchall()


SINCE_1970 = {
    DATE: "SELECT CASE WHEN isfinite(t) THEN t - date '1970-01-01' END FROM (SELECT %s::date AS t) AS given",
    TIMESTAMP: (
        "SELECT CASE WHEN t > '-infinity' AND t < '294247-01-01' THEN (extract(EPOCH FROM t) * 1000000)::bigint END "
        "FROM (SELECT %s::timestamp AS t) AS given"
    ),
    TIMESTAMPTZ: (
        "SELECT CASE WHEN t > '-infinity' AND t < '294247-01-01Z' THEN (extract(EPOCH FROM t) * 1000000)::bigint END "
        "FROM (SELECT %s::timestamptz AS t) AS given"
    ),
}


def _since_1970(connection: Connection, text: str, oid: int) -> int | None:
    """Days or microseconds since 1970 until a date or timestamp that Python cannot represent. None for those that Arrow
    cannot hold: infinity, and the last 30 of the years that Postgres knows, after 294246."""
    with connection.cursor() as cursor:
        cursor.execute(SINCE_1970[oid], [text])
        [(number,)] = cursor.fetchall()
        return None if number is None else int(number)


def _reason(error: psycopg2.Error, selection: Selection) -> str:
    message = error.diag.message_primary or message_of(error)
    if isinstance(error, InvalidCursorDefinition):
        return f"it must contain exactly one SELECT ({message})"
    if isinstance(error, QueryCanceled):
        return f"{message}: narrow the selection, or raise statement_timeout of the role"
    if isinstance(selection, QueryRows) and error.diag.internal_position:
        line = selection.query.count("\n", 0, int(error.diag.internal_position) - 1) + 1
        return f"line {line}: {message}"
    return message
