"""COPY's text format and JSON for jsonb: whatever is in a story arrives as it was."""

from io import BytesIO
from typing import Any

import pytest

from akhbar.database.connection import transaction
from akhbar.database.copy_format import copy_line, storable
from tests.conftest import News

ODD = 'tab\tline\nreturn\rback\\slash \\N "quoted" {braces}, اردو 🗞'


def test_texts_and_lists_survive_copy(news: News) -> None:
    record: dict[str, Any] = {"text": ODD, "list": [ODD, "", "NULL", 'A "B"'], "none": None, "number": 7, "ignored": 1}
    columns = ["text", "list", "none", "number", "missing"]
    with transaction(news.admin) as cursor:
        cursor.execute("CREATE TEMPORARY TABLE t (text text, list text[], none text, number integer, missing text)")
        cursor.copy_expert("COPY t FROM STDIN", BytesIO(copy_line(record, columns)))
        cursor.execute("SELECT * FROM t")
        assert cursor.fetchall() == [(ODD, record["list"], None, 7, None)]


def test_what_postgres_cannot_store_is_left_out_or_replaced() -> None:
    assert copy_line({"text": "nul \x00 and half \ud83d"}, ["text"]) == b"nul  and half ?\n"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("nul \x00", "nul "),
        ("half \ud83d", "half ?"),
        ({"a\x00": ["b\x00", {"c": None}], "n": 1.5}, {"a": ["b", {"c": None}], "n": 1.5}),
    ],
)
def test_json_is_made_storable_at_every_level(value: Any, stored: Any) -> None:
    assert storable(value) == stored
