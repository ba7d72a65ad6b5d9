"""The batch: files of any version are read, and damage is reported by file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from akhbar.archive.batch import VERSION, Batch, BatchDamagedError, BatchMissingError, write_manifest
from akhbar.archive.jsonl import json_line, replace_file
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import scrape
from tests.akhbar.batches import batch, page
from tests.akhbar.runs import SMALL, edition
from tests.conftest import News


def test_pruning_keeps_lines_with_any_text(tmp_path: Path) -> None:
    reasons = ["line\u2028separator", "next\x85line", "half \ud83d"]
    made = batch(tmp_path, "one", [], pages=[])
    pages = (page(n, reason=reason, warc_offset=1, warc_length=2) for n, reason in enumerate(reasons))
    replace_file(made / "pages.jsonl", map(json_line, pages))
    (made / "pages.warc.gz").write_bytes(b"x")
    Batch(made).drop_pages("test")
    kept = [(line["reason"], line["warc_offset"]) for line in Batch(made).lines("pages.jsonl")]
    assert kept == [(reason, None) for reason in reasons]


def test_batches_of_the_first_version_can_be_loaded_and_those_of_a_newer_version_cannot(here: Path, news: News) -> None:
    scrape(edition(SMALL), news.writer)
    folder = here / "dawn" / "first"
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "due.jsonl").unlink()
    listed = [{k: line[k] for k in ("story_id", "section", "url")} for line in Batch(folder).lines("listed.jsonl")]
    (folder / "listed.jsonl").write_text("".join(json.dumps(line) + "\n" for line in listed))
    write_manifest(folder, {**manifest, "version": 1})
    clean_batch(folder)
    assert load_batch(folder, news.writer)["coverage"] == 1.0
    write_manifest(folder, {**manifest, "version": VERSION + 1})
    with pytest.raises(BatchMissingError, match="newer version"):
        load_batch(folder, news.writer)


LINE = {"url": "/news/1", "story_id": "1", "section": None}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"url": "/news/1", "sto', "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"9" * 5_000, "not JSON"),
        (b"[1]", "not a JSON object but list"),
        (b"null", "not a JSON object but NoneType"),
        (json.dumps(LINE | {"story_id": 7}).encode(), "invalid value for story_id, 7"),
        (json.dumps(LINE | {"story_id": "\x1b[2J" * 99, "url": ["\x1b"]}).encode(), "invalid value for url"),
        (json.dumps(LINE | {"url": "http://["}).encode(), r"invalid value for url, 'http://\['"),
        (json.dumps(LINE | {"edition_date": "2026-02-30"}).encode(), "invalid value for edition_date, '2026-02-30'"),
    ],
)
def test_a_damaged_line_of_a_batch_gives_a_one_line_error_that_names_it(tmp_path: Path, line: bytes, says: str) -> None:
    file = tmp_path / "listed.jsonl"
    file.write_bytes(json.dumps(LINE).encode() + b"\n" + line + b"\n")
    read = Batch(tmp_path).lines("listed.jsonl")
    assert next(read)["story_id"] == "1"
    with pytest.raises(BatchDamagedError, match=says) as failure:
        next(read)
    said = str(failure.value)
    assert f"{file}, line 2: " in said
    assert said.isprintable()
    assert len(said) - len(str(file)) < 400


@pytest.mark.parametrize("wrong", [{"source": None}, {"version": "2"}, {"counts": []}, {"finished_at": "soon"}])
def test_a_damaged_manifest_gives_a_one_line_error(tmp_path: Path, wrong: dict[str, Any]) -> None:
    whole = json.loads((batch(tmp_path, "one", []) / "manifest.json").read_text())
    (tmp_path / "dawn" / "one" / "manifest.json").write_text(json.dumps(whole | wrong))
    with pytest.raises(BatchDamagedError, match=f"manifest.json: invalid value for {next(iter(wrong))}"):
        clean_batch(tmp_path / "dawn" / "one")
