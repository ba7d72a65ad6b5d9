"""The batch: files of any version are read, and damage is reported by file and line."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from akhbar.archive.batch import VERSION, Batch, BatchDamagedError, BatchMissingError, write_manifest
from akhbar.archive.jsonl import json_line, replace_file
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import CrawlFailedError, scrape
from tests.akhbar.batches import batch, page, story
from tests.akhbar.runs import SMALL, edition
from tests.conftest import News
from tests.replica import Answer, Replica


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
    for file in (folder / "1").iterdir():  # as batches were before there were parts
        file.rename(folder / file.name)
    (folder / "1").rmdir()
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
def test_a_damaged_line_is_reported_in_one_line_that_names_it_and_the_others_are_read(
    tmp_path: Path, line: bytes, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = batch(tmp_path, "one", []) / "listed.jsonl"
    last = json.dumps(LINE | {"story_id": "2"}).encode()
    file.write_bytes(json.dumps(LINE).encode() + b"\n" + line + b"\n" + last + b"\n")
    read = Batch(file.parent)
    assert [one["story_id"] for one in read.lines("listed.jsonl")] == ["1", "2"]
    [damage] = read.damaged.values()
    assert re.search(says, damage.problem)
    assert (damage.file, damage.number) == ("listed.jsonl", 2)
    [said] = caplog.messages
    assert f"{file}, line 2: " in said
    assert said.isprintable()
    assert len(said) - len(str(file)) < 400


@pytest.mark.parametrize(
    ("way", "is_read"),
    [("selectors", True), ("feed", True), ("general", True), ("fallback", True), ("hand", False), (None, False)],
)
def test_a_clean_story_says_in_which_of_the_known_ways_its_text_was_extracted(
    tmp_path: Path, way: str | None, is_read: bool
) -> None:
    read = Batch(batch(tmp_path, "one", [story(1, extracted_by=way)]))
    assert bool(list(read.lines("clean.jsonl"))) is is_read


def test_a_batch_with_damaged_lines_is_stored_and_each_of_them_is_a_reject(here: Path, news: News) -> None:
    run = edition(SMALL)
    scrape(run, news.writer)
    for name in ("scraped.jsonl", "pages.jsonl", "listed.jsonl"):
        file = here / "dawn" / "first" / "1" / name
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2].rpartition(b"\n")[0] + b'\n{"sto\xff\n' + whole)
    clean_batch(run.batch)
    counts = load_batch(run.batch, news.writer)
    assert len(news.stories()) == 5
    assert counts["coverage"] == 1.0
    rejected = news.rows("SELECT reasons, story ->> 'file', message LIKE '%%not JSON%%' FROM rejects ORDER BY 2")
    assert rejected == [(["damaged_record"], f"{name}.jsonl", True) for name in ("listed", "pages", "scraped")]


def parts(folder: Path) -> dict[str, bytes]:
    """The files of a batch's parts."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.glob("[0-9]*/*"))}


def test_a_sealed_part_never_changes(here: Path, news: News, site: Replica) -> None:
    run = edition(SMALL)
    path = "/news/2009001/monsoon-to-arrive-early-says-weather-office"
    site.faults[path] = [Answer(200, b"no page", {"Content-Type": "image/png"})]
    with suppress(CrawlFailedError):
        scrape(run, news.writer)
    first = parts(here / "dawn" / "first")
    assert {name.partition("/")[0] for name in first} == {"1"}
    clean_batch(run.batch)
    load_batch(run.batch, news.writer)
    site.faults.clear()
    scrape(run, news.writer)
    clean_batch(run.batch)
    assert load_batch(run.batch, news.writer)["coverage"] == 1.0
    both = parts(here / "dawn" / "first")
    assert {name.partition("/")[0] for name in both} == {"1", "2"}
    assert {name: both[name] for name in first} == first
    offsets = news.rows("SELECT part, warc_offset FROM pages WHERE warc_offset IS NOT NULL")
    assert {part for part, _ in offsets} == {1, 2}


def test_what_a_killed_try_left_becomes_a_part_of_its_own(here: Path, news: News) -> None:
    folder = here / "dawn" / "first"
    manifest = {"source": "dawn", "mode": "edition", "edition": SMALL, "started_at": "2026-06-19T04:00:00+00:00"}
    left = Batch(folder).open(manifest)
    (left / "listed.jsonl").write_text(json.dumps(LINE) + "\n" + '{"incomp')
    (left / "scraped.jsonl").write_text(json.dumps(story(1)) + "\n")
    assert Batch(folder).parts() == []
    new = Batch(folder).open(manifest)
    assert new == folder / "2.partial"
    read = Batch(folder)
    assert [part.number for part in read.parts()] == [1]
    assert read.manifest()["outcome"] == "failed"
    assert read.manifest()["counts"] == {"scraped": 1}
    assert [one["story_id"] for one in read.lines("listed.jsonl")] == ["1"]
    assert read.damaged == {}


def test_a_crawl_that_was_killed_before_there_were_parts_is_continued(here: Path, news: News) -> None:
    run = edition(SMALL)
    scrape(run, news.writer)
    left = here / "dawn" / "first.partial"
    (here / "dawn" / "first" / "1").rename(left)
    (here / "dawn" / "first").rmdir()
    (left / "manifest.json").unlink()
    scrape(run, news.writer)
    assert [part.number for part in Batch(run.batch).parts()] == [0, 1]
    assert clean_batch(run.batch)["accepted"] == 5
    assert not left.exists()


@pytest.mark.parametrize("wrong", [{"source": None}, {"version": "2"}, {"counts": []}, {"finished_at": "soon"}])
def test_a_damaged_manifest_gives_a_one_line_error(tmp_path: Path, wrong: dict[str, Any]) -> None:
    whole = json.loads((batch(tmp_path, "one", []) / "manifest.json").read_text())
    (tmp_path / "dawn" / "one" / "manifest.json").write_text(json.dumps(whole | wrong))
    with pytest.raises(BatchDamagedError, match=f"manifest.json: invalid value for {next(iter(wrong))}"):
        clean_batch(tmp_path / "dawn" / "one")
