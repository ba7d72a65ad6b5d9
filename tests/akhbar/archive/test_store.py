"""The archive in a folder and in object stores."""

from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from akhbar.archive.batch import Batch, BatchMissingError
from akhbar.archive.store import ArchiveError
from akhbar.archive.warc import read_page
from akhbar.settings import location, workspace
from akhbar.steps.check import check_run
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import scrape
from tests.akhbar.runs import SMALL, edition, story_requests
from tests.conftest import News
from tests.replica import Replica


@pytest.fixture(params=["folder", "memory", "s3"])
def archive(request: pytest.FixtureRequest, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty archive of each kind, set as AKHBAR_ARCHIVE."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    MemoryFileSystem.store.clear()
    url = str(here)
    if request.param == "memory":
        url = "memory://archive"
    elif request.param == "s3":
        url = f"{request.getfixturevalue('s3')}/{request.node.name}"
    monkeypatch.setenv("AKHBAR_ARCHIVE", url)
    return url


def test_an_edition_is_read_and_stored_with_every_kind_of_archive(archive: str, news: News, site: Replica) -> None:
    run = edition(SMALL)
    scraped = scrape(run, news.writer)
    assert scraped["batch"] == f"{archive}/dawn/first"
    site.requests.clear()
    scrape(run, news.writer)
    assert story_requests(site) == [], "a retry fetches what the batch in the archive lacks"
    there = location(scraped["batch"])  # as a step on another machine finds it
    assert clean_batch(there)["accepted"] == 5
    assert load_batch(there, news.writer)["coverage"] == 1.0
    check_run(there, news.writer)
    assert len(news.stories()) == 5
    names = {file.name for file in there.iterdir()}
    assert names == {"1", "2", "clean.jsonl", "rejects.jsonl", "readings.tsv"}
    assert {file.name for file in (there / "1").iterdir()} == {
        "manifest.json", "pages.warc.gz", "pages.jsonl", "due.jsonl", "listed.jsonl", "scraped.jsonl",
    }  # fmt: skip
    page = next(line for line in Batch(there).lines("pages.jsonl") if line["story_id"] == "2009001")
    with (there / str(page["part"]) / "pages.warc.gz").open("rb") as file:
        assert b"Monsoon" in read_page(file, page["warc_offset"], {}).body
    assert list(workspace().glob("*/*")) == []


def test_a_batch_without_a_manifest_does_not_exist(archive: str) -> None:
    folder = location(archive) / "dawn" / "torn"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("pages.jsonl", "listed.jsonl", "scraped.jsonl"):
        (folder / name).write_text("")
    with pytest.raises(BatchMissingError, match=r"manifest\.json does not exist"):
        clean_batch(folder)


def test_nothing_that_was_fetched_is_lost_while_the_object_store_is_down(
    here: Path, news: News, site: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("AKHBAR_ARCHIVE", "memory://archive")
    MemoryFileSystem.store.clear()
    run = edition(SMALL)

    def down(*_: Any, **__: Any) -> None:
        raise OSError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryFileSystem, "put_file", down)
        with pytest.raises(
            ArchiveError, match=r"memory://archive/dawn/first/1: .* connection refused; try again later"
        ):
            scrape(run, news.writer)
    assert not Batch(run.batch).parts()
    site.requests.clear()
    scrape(run, news.writer)
    assert story_requests(site) == []
    assert clean_batch(run.batch)["accepted"] == 5
