"""JSON lines: any text fits on a line, and an incomplete last line is cut off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from akhbar.archive.batch import Batch
from akhbar.archive.jsonl import json_line, repair_jsonl, replace_file
from tests.akhbar.batches import batch


class Smart(str):
    """A subclass of str, as lxml's strings are."""


@pytest.mark.parametrize("text", ["half \ud83d", "a\u2028b\u2029c\x85d\x1ee", "null \x00", '\\ " \t\n\r', Smart("x")])
def test_a_line_holds_any_text_and_is_one_line(tmp_path: Path, text: str) -> None:
    made = batch(tmp_path, "one", [])
    replace_file(made / "scraped.jsonl", [json_line({"title": text}), json_line({"title": "next"})])
    assert (made / "scraped.jsonl").read_bytes().count(b"\n") == 2
    assert list(Batch(made).lines("scraped.jsonl")) == [{"title": text}, {"title": "next"}]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (b'{"a": 1}\n{"a": 2}\n', b'{"a": 1}\n{"a": 2}\n'),
        (b'{"a": 1}\n{"a": "\xd8', b'{"a": 1}\n'),
        (b'{"a": 1}', b""),
        (b"", b""),
    ],
)
def test_an_incomplete_last_line_is_cut_off_and_nothing_else(tmp_path: Path, written: bytes, kept: bytes) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_bytes(written)
    repair_jsonl(file)
    assert file.read_bytes() == kept


def test_a_file_that_does_not_exist_needs_no_repair(tmp_path: Path) -> None:
    repair_jsonl(tmp_path / "pages.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_when_it_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "listed.jsonl"
    replace_file(file, ["first"])

    def lines() -> Iterator[str]:
        yield "second"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"No space left on device: '.*listed\.jsonl'"):
        replace_file(file, lines())
    assert file.read_text() == "first\n"
    assert list(tmp_path.iterdir()) == [file]
