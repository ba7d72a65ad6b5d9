"""`akhbar export`: writes a table or view to a CSV, JSON lines or Parquet file, in constant memory."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import psycopg2
import pyarrow
import pyarrow.parquet
from psycopg2 import sql

from akhbar.database.connection import connect

Format = Literal["csv", "jsonl", "parquet"]
Rows = list[tuple[Any, ...]]
Write = Callable[[Rows], None]

DAYS = {
    "stories": "day",
    "articles": "day",
    "editorials": "day",
    "editorials_daily": "day",
    "coverage_daily": "day",
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
"""How many rows are in memory at a time."""
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
"""The start of text that a spreadsheet runs as a formula: https://owasp.org/www-community/attacks/CSV_Injection

Leading apostrophes are included, so that removing one from every text that starts like this restores the original."""

TYPES = {
    16: pyarrow.bool_(),
    20: pyarrow.int64(),
    23: pyarrow.int32(),
    701: pyarrow.float64(),
    1009: pyarrow.list_(pyarrow.string()),
    1082: pyarrow.date32(),
    1184: pyarrow.timestamp("us", tz="UTC"),
    1700: pyarrow.float64(),
}
"""Arrow types by Postgres type (`pg_type.oid`). All other types become text."""
SINCE_1970 = {
    1082: "CASE WHEN isfinite({0}) THEN {0} - date '1970-01-01' END",
    1184: "CASE WHEN {0} > '-infinity' AND {0} < '294247-01-01Z' THEN (extract(EPOCH FROM {0}) * 1000000)::bigint END",
}


class ExportError(Exception):
    """The export failed; no file was written."""


def export(
    database_url: str,
    table: str,
    form: Format,
    target: Path,
    days: tuple[date | None, date | None] = (None, None),
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Writes a table or view to a file, optionally limited to `days`, (first, last). Returns the number of rows.

    The file is written under a temporary name and renamed when it is complete. `progress` receives the number of rows
    of each chunk. Raises `ExportError` if the range is reversed, or on a database or disk error.
    """
    first, last = days
    if first and last and first > last:
        raise ExportError(f"--from {first} is after --to {last}: swap them")
    temporary = target.with_name(f".{target.name}.partial")
    written = 0
    try:
        with closing(connect(database_url)) as connection:
            connection.set_session(readonly=True)
            columns = _columns(connection, table)
            with connection.cursor(name="export") as cursor, WRITERS[form](temporary, columns) as write:
                cursor.itersize = AT_ONCE
                values = _for_arrow(columns) if form == "parquet" else map(sql.Identifier, columns)
                cursor.execute(_query(table, values, first, last))
                while rows := cursor.fetchmany(AT_ONCE):
                    write(rows)
                    written += len(rows)
                    progress(len(rows))
        temporary.replace(target)
    except psycopg2.Error as error:
        raise ExportError(f"the export of {table} failed: {str(error).strip()}") from error
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror}; choose another with --output") from error
    finally:
        with suppress(OSError):  # already reported if the file could not be created
            temporary.unlink(missing_ok=True)
    return written


def _columns(connection: Any, table: str) -> dict[str, int]:
    """The names of the exported columns, and the OIDs of their types."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier("news", table)))
        return {column.name: column.type_code for column in cursor.description if column.name not in LEFT_OUT}


def _for_arrow(columns: dict[str, int]) -> Iterator[sql.Composable]:
    """Dates as days since 1970, timestamps as microseconds. Those that Arrow cannot hold are null: infinity, and the
    last 30 of the years that Postgres knows, after 294246."""
    for name, number in columns.items():
        yield sql.SQL(SINCE_1970.get(number, "{0}")).format(sql.Identifier(name))


def _query(table: str, values: Iterable[sql.Composable], first: date | None, last: date | None) -> sql.Composed:
    day = sql.SQL("{}::date").format(sql.Identifier(DAYS[table]))
    bounds = [sql.SQL("{} >= {}").format(day, sql.Literal(first))] if first else []
    bounds += [sql.SQL("{} <= {}").format(day, sql.Literal(last))] if last else []
    query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(values), sql.Identifier("news", table))
    return query + sql.SQL(" WHERE ") + sql.SQL(" AND ").join(bounds) if bounds else query


@contextmanager
def _csv(file: Path, columns: dict[str, int]) -> Iterator[Write]:
    """Lists are joined with semicolons; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(columns)
        yield lambda rows: writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime) else value


@contextmanager
def _jsonl(file: Path, columns: dict[str, int]) -> Iterator[Write]:
    with file.open("w", encoding="utf-8") as output:

        def write(rows: Rows) -> None:
            for row in rows:
                output.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=_json) + "\n")

        yield write


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else float(value)


@contextmanager
def _parquet(file: Path, columns: dict[str, int]) -> Iterator[Write]:
    schema = pyarrow.schema([(name, TYPES.get(number, pyarrow.string())) for name, number in columns.items()])
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(rows: Rows) -> None:
            arrays = [
                pyarrow.array([_arrow(value, field.type) for value in values], field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))

        yield write


def _arrow(value: Any, kind: pyarrow.DataType) -> Any:
    if kind == pyarrow.float64() and value is not None:
        return float(value)
    if kind == pyarrow.string() and isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


WRITERS: dict[Format, Callable[[Path, dict[str, int]], AbstractContextManager[Write]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
