"""Writes rows of any query as CSV, JSON Lines or Parquet, a block of rows at a time."""

import csv
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import TextIOWrapper
from typing import Any, BinaryIO, Literal

import pyarrow
import pyarrow.parquet

Format = Literal["csv", "jsonl", "parquet"]
Rows = list[tuple[Any, ...]]
Write = Callable[[Rows], None]
Convert = Callable[[Any], Any]
Since1970 = Callable[[str, int], int | None]
"""Converts a date or timestamp that Python cannot represent: its text and the OID of its type to days or microseconds
since 1970; None if Arrow cannot represent it either."""

BYTEA, JSON, JSONB = 17, 114, 3802
REAL, DOUBLE, NUMERIC = 700, 701, 1700
DATE, TIMESTAMP, TIMESTAMPTZ = 1082, 1114, 1184
ARROW = {
    16: pyarrow.bool_(),
    BYTEA: pyarrow.binary(),
    20: pyarrow.int64(),
    21: pyarrow.int16(),
    23: pyarrow.int32(),
    26: pyarrow.int64(),
    REAL: pyarrow.float32(),
    DOUBLE: pyarrow.float64(),
    NUMERIC: pyarrow.float64(),
    DATE: pyarrow.date32(),
    TIMESTAMP: pyarrow.timestamp("us"),
    TIMESTAMPTZ: pyarrow.timestamp("us", tz="UTC"),
}
"""Arrow types by Postgres type (`pg_type.oid`). Values of all other types are text, as Postgres writes it."""
DIGITS = 38
"""The most that an Arrow decimal has, and the most of an integer that is written to JSON in full."""

GROUP_ROWS = 122_880
GROUP_BYTES = 64 * 2**20
"""Limits of a Parquet row group, before compression. The rows of DuckDB's default; the bytes bound the memory."""

FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
"""The start of text that a spreadsheet runs as a formula: https://owasp.org/www-community/attacks/CSV_Injection

Leading apostrophes are included, so that removing one from every text that starts like this restores the original."""


@dataclass(frozen=True)
class Column:
    """A column of the result."""

    name: str
    type_name: str
    """Its Postgres type, for example `timestamp with time zone`."""
    type_oid: int
    """The OID of its type, or of its elements' type if it is an array."""
    is_array: bool = False
    digits: tuple[int, int] | None = None
    """Precision and scale of a `numeric(10, 2)`."""


class ColumnError(Exception):
    """A value does not fit into the file's type for its column."""


# --- CSV ------------------------------------------------------------------------------------------------------------


@contextmanager
def write_csv(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    """Lists are joined with semicolons; text that a spreadsheet would run as a formula gets a leading apostrophe."""
    output = TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(output)
    writer.writerow([_harmless(column.name) for column in columns])
    yield lambda rows: writer.writerows([_cell(value) for value in row] for row in rows)
    output.detach()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return _harmless("; ".join("" if one is None else str(_plain(one)) for one in value))
    value = _plain(value)
    return _harmless(value) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """A value of an array or cell, with times as in ISO 8601. An array in an array is written as JSON."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, default=_text)
    if isinstance(value, float):
        return _finite(value)
    return _text(value) if isinstance(value, date | memoryview) else value


def _text(value: Any) -> str:
    if isinstance(value, memoryview):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


# --- JSON Lines -----------------------------------------------------------------------------------------------------


@contextmanager
def write_jsonl(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    output = TextIOWrapper(file, encoding="utf-8", newline="\n")
    names = [column.name for column in columns]
    conversions = [JSON_VALUES.get(column.type_oid) for column in columns]

    def write(rows: Rows) -> None:
        for row in _converted(rows, conversions):
            output.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n")

    yield write
    output.detach()


def _number(value: Decimal) -> int | float | str:
    """A numeric as a JSON number: integers in full, fractions as the nearest double."""
    if value.is_finite() and value == value.to_integral_value() and value.adjusted() < DIGITS:
        return int(value)
    return _finite(float(value)) if value.is_finite() else str(value)


def _finite(value: float) -> float | str:
    """JSON has neither NaN nor infinity: they become text, as in Postgres's own `to_json`."""
    return value if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")


JSON_VALUES: dict[int, Convert] = {
    JSON: json.loads,
    JSONB: json.loads,
    BYTEA: _text,
    REAL: _finite,
    DOUBLE: _finite,
    NUMERIC: _number,
    DATE: _text,
    TIMESTAMP: _text,
    TIMESTAMPTZ: _text,
}


def _converted(rows: Rows, conversions: Sequence[Convert | None]) -> Iterator[Sequence[Any]]:
    changed = [(at, convert) for at, convert in enumerate(conversions) if convert]
    for row in rows:
        values = list(row)
        for at, convert in changed:
            values[at] = _each(convert, values[at])
        yield values


def _each(convert: Convert, value: Any) -> Any:
    """Converts a value, or each element of an array, except nulls."""
    if isinstance(value, list):
        return [_each(convert, one) for one in value]
    return None if value is None else convert(value)


# --- Parquet --------------------------------------------------------------------------------------------------------


@contextmanager
def write_parquet(file: BinaryIO, columns: Sequence[Column], since_1970: Since1970) -> Iterator[Write]:
    """Rows are collected until they make a row group, because readers are slow on many small ones."""
    schema = pyarrow.schema([(column.name, _arrow_type(column)) for column in columns])
    conversions = [_arrow_conversion(column, since_1970) for column in columns]
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        group: list[pyarrow.RecordBatch] = []

        def flush() -> None:
            if group:
                writer.write_table(pyarrow.Table.from_batches(group), row_group_size=GROUP_ROWS)
                group.clear()

        def write(rows: Rows) -> None:
            if sum(batch.num_rows for batch in group) + len(rows) > GROUP_ROWS:
                flush()
            group.append(_batch(rows, columns, schema, conversions))
            if sum(batch.nbytes for batch in group) >= GROUP_BYTES:
                flush()

        yield write
        flush()


def _batch(
    rows: Rows, columns: Sequence[Column], schema: pyarrow.Schema, conversions: Sequence[Convert | None]
) -> pyarrow.RecordBatch:
    arrays = []
    for at, column in enumerate(columns):
        values = [row[at] for row in rows]
        convert = conversions[at]
        if convert:
            values = [_each(convert, value) for value in values]
        try:
            arrays.append(pyarrow.array(values, schema.field(at).type))
        except (pyarrow.ArrowException, TypeError, ValueError) as error:
            raise ColumnError(
                f"column {column.name}, of type {column.type_name}, has a value that Parquet cannot hold, such as an "
                f"array in an array ({error}); write CSV or JSON Lines instead, or {column.name}::text in a query"
            ) from error
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def _arrow_type(column: Column) -> pyarrow.DataType:
    kind = ARROW.get(column.type_oid, pyarrow.string())
    if column.digits and _is_exact(*column.digits):
        kind = pyarrow.decimal128(*column.digits)
    return pyarrow.list_(kind) if column.is_array else kind


def _is_exact(precision: int, scale: int) -> bool:
    """Whether an Arrow decimal holds a `numeric(precision, scale)`; Postgres also has negative scales."""
    return 0 <= scale <= precision <= DIGITS


def _arrow_conversion(column: Column, since_1970: Since1970) -> Convert | None:
    """How values of a column are prepared for Arrow; None: not at all."""
    oid = column.type_oid
    if oid == NUMERIC:
        is_exact = column.digits and _is_exact(*column.digits)
        return (lambda value: value if value.is_finite() else None) if is_exact else float
    if oid in (DATE, TIMESTAMP, TIMESTAMPTZ):
        return lambda value: since_1970(value, oid) if isinstance(value, str) else value
    return bytes if oid == BYTEA else None


WRITERS: dict[Format, Callable[[BinaryIO, Sequence[Column], Since1970], AbstractContextManager[Write]]] = {
    "csv": lambda file, columns, _: write_csv(file, columns),
    "jsonl": lambda file, columns, _: write_jsonl(file, columns),
    "parquet": write_parquet,
}
