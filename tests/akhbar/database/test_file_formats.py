"""File formats: values of every type of Postgres, in each format."""

import csv
import json
import math
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet
import pytest

from akhbar.database import file_formats
from akhbar.database.export import ExportError, QueryRows, export
from akhbar.database.file_formats import Format
from tests.conftest import News

VALUES: dict[str, tuple[str, Any, Any]] = {
    # SQL: the cell in CSV, the value in JSON; Parquet's are below
    "true": ("True", True, True),
    "7::smallint": ("7", 7, 7),
    "9007199254740993": ("9007199254740993", 9007199254740993, 9007199254740993),
    "2.5::real": ("2.5", 2.5, 2.5),
    "'NaN'::float8": ("NaN", "NaN", math.nan),
    "'-Infinity'::float8": ("'-Infinity", "-Infinity", -math.inf),
    "12.50::numeric": ("12.50", 12.5, 12.5),
    "12.50::numeric(10, 2)": ("12.50", 12.5, Decimal("12.50")),
    "12345678901234567890::numeric": ("12345678901234567890", 12345678901234567890, 1.2345678901234567e19),
    "'NaN'::numeric": ("NaN", "NaN", math.nan),
    "1e1000::numeric": (f"1{'0' * 1000}", "Infinity", math.inf),
    "'NaN'::numeric(4, 1)": ("NaN", "NaN", None),
    "1200::numeric(4, -2)": ("1200", 1200, 1200.0),
    """'{"a": [1, null], "b": "ü"}'::jsonb""": (
        '{"a": [1, null], "b": "ü"}',
        {"a": [1, None], "b": "ü"},
        '{"a": [1, null], "b": "ü"}',
    ),
    "'5'::jsonb": ("5", 5, "5"),
    """'"text"'::json""": ('"text"', "text", '"text"'),
    "ARRAY[1, NULL, 3]": ("1; ; 3", [1, None, 3], [1, None, 3]),
    "'{}'::int[]": ("", [], []),
    "'[0:1]={5,6}'::bigint[]": ("5; 6", [5, 6], [5, 6]),
    "ARRAY[1.5, 2]::numeric[]": ("1.5; 2", [1.5, 2], [1.5, 2.0]),
    "ARRAY[date '2026-11-20']": ("2026-11-20", ["2026-11-20"], [date(2026, 11, 20)]),
    "ARRAY[timestamptz '2026-11-20 06:00Z']": (
        "2026-11-20T06:00:00+00:00",
        ["2026-11-20T06:00:00+00:00"],
        [datetime(2026, 11, 20, 6, tzinfo=ZoneInfo("UTC"))],
    ),
    "ARRAY[interval '1 mon', '2 h']": ("1 mon; 02:00:00", ["1 mon", "02:00:00"], ["1 mon", "02:00:00"]),
    """ARRAY['{"a": 1}', '2']::jsonb[]""": ('{"a": 1}; 2', [{"a": 1}, 2], ['{"a": 1}', "2"]),
    "ARRAY['=1', 'b']": ("'=1; b", ["=1", "b"], ["=1", "b"]),
    "ARRAY['yes', 'no']::name[]": ("yes; no", ["yes", "no"], ["yes", "no"]),
    "interval '1 mon 3 days'": ("1 mon 3 days", "1 mon 3 days", "1 mon 3 days"),
    "time '24:00'": ("24:00:00", "24:00:00", "24:00:00"),
    "timestamp '2026-11-20 06:00'": ("2026-11-20T06:00:00", "2026-11-20T06:00:00", datetime(2026, 11, 20, 6)),
    "timestamp 'infinity'": ("infinity", "infinity", None),
    "ARRAY[date '0044-03-15 BC', 'infinity']": ("0044-03-15 BC; infinity", ["0044-03-15 BC", "infinity"], None),
    "'\\xdeadbeef'::bytea": ("\\xdeadbeef", "\\xdeadbeef", b"\xde\xad\xbe\xef"),
    "'A7E5B5D0-0000-4000-8000-000000000000'::uuid": ("a7e5b5d0-0000-4000-8000-000000000000",) * 3,
    "ARRAY['A7E5B5D0-0000-4000-8000-000000000000'::uuid]": (
        "a7e5b5d0-0000-4000-8000-000000000000",
        ["a7e5b5d0-0000-4000-8000-000000000000"],
        ["a7e5b5d0-0000-4000-8000-000000000000"],
    ),
    "inet '127.0.0.1'": ("127.0.0.1",) * 3,
    "int4range(1, 5)": ("[1,5)",) * 3,
    "ARRAY[box '(1,1),(0,0)']": ("{(1,1),(0,0)}",) * 3,
    "to_tsvector('simple', 'b a')": ("'a':2 'b':1",) * 3,
    "ROW(1, 'a')": ("(1,a)",) * 3,
    "'pg_type'::regclass": ("pg_type",) * 3,
    "NULL": ("", None, None),
    "NULL::int[]": ("", None, None),
}
"""Expressions, and what they are in CSV, JSON Lines and Parquet."""


def exported(news: News, folder: Path, text: str, form: Format) -> Path:
    (folder / "query.sql").write_text(text)
    export(news.reader, QueryRows.read(folder / "query.sql"), form, folder / f"out.{form}")
    return folder / f"out.{form}"


@pytest.fixture
def query() -> str:
    return "SELECT " + ", ".join(f'{value} AS "{number}"' for number, value in enumerate(VALUES))


def test_values_of_every_type_are_exported_to_csv(news: News, tmp_path: Path, query: str) -> None:
    with exported(news, tmp_path, query, "csv").open(newline="") as file:
        _, row = csv.reader(file)
    assert dict(zip(VALUES, row, strict=True)) == {value: expected[0] for value, expected in VALUES.items()}


def test_values_of_every_type_are_exported_to_json(news: News, tmp_path: Path, query: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    row = json.loads(exported(news, tmp_path, query, "jsonl").read_text(), parse_constant=refuse)
    assert dict(zip(VALUES, row.values(), strict=True)) == {value: expected[1] for value, expected in VALUES.items()}


def test_values_of_every_type_are_exported_to_parquet(news: News, tmp_path: Path, query: str) -> None:
    table = pyarrow.parquet.read_table(exported(news, tmp_path, query, "parquet"))
    days = [name for name, value in zip(table.column_names, VALUES, strict=True) if "BC" in value]  # not Python's
    assert table.select(days).columns[0].cast(pyarrow.list_(pyarrow.int32())).to_pylist() == [[-735_160, None]]
    [row] = table.drop_columns(days).to_pylist()
    expected = {value: expected[2] for value, expected in VALUES.items() if "BC" not in value}
    assert repr(list(row.values())) == repr(list(expected.values()))


def test_an_array_of_several_dimensions_is_json_in_csv_and_an_error_in_parquet(news: News, tmp_path: Path) -> None:
    text = "SELECT ARRAY[[1, 2], [3, 4]] AS matrix"
    with exported(news, tmp_path, text, "csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["matrix"], ["[1, 2]; [3, 4]"]]
    assert json.loads(exported(news, tmp_path, text, "jsonl").read_text()) == {"matrix": [[1, 2], [3, 4]]}
    with pytest.raises(ExportError, match=r"column matrix, of type integer\[\], has a value that Parquet cannot hold"):
        exported(news, tmp_path, text, "parquet")


def test_the_name_of_a_column_is_no_formula(news: News, tmp_path: Path) -> None:
    assert exported(news, tmp_path, 'SELECT 1 AS "=A1"', "csv").read_text() == "'=A1\n1\n"


def test_rows_are_collected_into_row_groups(news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def groups(text: str) -> list[int]:
        found = pyarrow.parquet.ParquetFile(exported(news, tmp_path, text, "parquet")).metadata
        return [found.row_group(number).num_rows for number in range(found.num_row_groups)]

    assert groups("SELECT n FROM generate_series(1, 5500) AS n") == [5500]
    assert groups("SELECT 1 AS n WHERE false") == []
    monkeypatch.setattr(file_formats, "GROUP_ROWS", 2000)
    assert groups("SELECT n FROM generate_series(1, 5500) AS n") == [2000, 2000, 1500]
    monkeypatch.setattr(file_formats, "GROUP_BYTES", 1_000_000)
    assert groups("SELECT repeat('x', 1000) AS text FROM generate_series(1, 3500)") == [1000, 1000, 1000, 500]
