"""`akhbar page`: a live page, and the story read from it, become a test case."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from akhbar.save_page import PageNotSavedError, file_name, save_page
from akhbar.settings import MissingSettingError
from akhbar.steps.scrape import CrawlFailedError
from tests.akhbar.command import akhbar
from tests.akhbar.ids import IDS
from tests.replica import PAGES, Replica, html, served
from tests.second_newspaper import GAZETTE, GazetteSite, checkout, declaration


@pytest.fixture(autouse=True)
def _reads_the_replica(site: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", site.url)


def test_a_page_is_saved_as_served_next_to_the_story_read_from_it(tmp_path: Path) -> None:
    saved = save_page("dawn", "https://www.dawn.com/news/2009001/some-slug", tmp_path)
    assert [file.relative_to(tmp_path).as_posix() for file in saved] == [
        "dawn/news/2009001.html",
        "dawn/news/2009001.json",
    ]
    assert saved[0].read_bytes() == (PAGES / "news/2009001.html").read_bytes()
    story = json.loads(saved[1].read_text())
    assert story["title"] == "Monsoon to arrive early, says weather office"


@pytest.mark.parametrize(
    "path", [*IDS.values(), *IDS, "/../../etc/passwd", "/%2e%2e/%2E%2e/x", "/a/..%2f..%2fx", "/.git/config", "//", "/"]
)
def test_any_path_is_the_name_of_a_file_inside_the_folder(tmp_path: Path, path: str) -> None:
    file = (tmp_path / "pages" / f"{file_name(path)}.html").resolve()
    file.parent.mkdir(parents=True)
    file.write_text(path)
    assert file.is_relative_to(tmp_path / "pages")
    assert not any(part.startswith(".") for part in file.relative_to(tmp_path).parts)


def test_different_ids_have_different_files() -> None:
    ids = [*IDS, "/a;b", "/a:b", "/a_b", "/" + "x" * 400, "/" + "x" * 401]
    assert len(set(map(file_name, ids))) == len(ids)


def test_a_page_that_cannot_be_read_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(CrawlFailedError, match="could not be read: answered 404"):
        save_page("dawn", "https://www.dawn.com/news/1", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_page_whose_story_is_rejected_is_saved_with_the_reasons(
    site: Replica, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page = (PAGES / "news/1234501.html").read_text()
    short = re.sub(r"<p>ISLAMABAD: .*2016</p>", "<p>See page three.</p>", page, flags=re.DOTALL)
    site.faults["/news/1234501"] = lambda: html(short)
    saved = save_page("dawn", "https://www.dawn.com/news/1234501", tmp_path)
    assert json.loads(saved[1].read_text()) == {
        "outcome": "rejected",
        "reasons": ["body_too_short"],
        "url": "https://www.dawn.com/news/1234501",
    }
    assert "the story was rejected: body_too_short" in caplog.text
    assert site.paths == ["/robots.txt", "/news/1234501"], "the editorials of its sidebar are not fetched"


def test_files_that_exist_are_replaced_only_on_request(site: Replica, tmp_path: Path) -> None:
    url = "https://www.dawn.com/news/2009001"
    _, expected = save_page("dawn", url, tmp_path)
    expected.write_text("corrected by hand")
    site.requests.clear()
    with pytest.raises(PageNotSavedError, match=r"2009001\.json would be replaced.*: give --force"):
        save_page("dawn", url, tmp_path)
    assert (expected.read_text(), site.paths) == ("corrected by hand", [])
    save_page("dawn", url, tmp_path, replace=True)
    assert json.loads(expected.read_text())["story_id"] == "2009001"


@pytest.mark.parametrize("url", ["https://www.dawn.com/latest-news", "https://www.gazette.example/news/2009001"])
def test_what_is_not_a_story_of_the_newspaper_is_refused_in_one_sentence(url: str) -> None:
    done = akhbar("page", "dawn", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"akhbar: {url} is not the URL of a story in Dawn: check it, and story_url in the declaration\n"
    )


def test_a_live_page_needs_a_contact_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AKHBAR_DAWN_BASE_URL")
    monkeypatch.delenv("AKHBAR_CONTACT", raising=False)
    with pytest.raises(MissingSettingError, match="AKHBAR_CONTACT is not set"):
        save_page("dawn", "https://www.dawn.com/news/2009001", tmp_path)


def test_a_page_of_a_newspaper_without_a_platform_is_saved_under_its_path(tmp_path: Path) -> None:
    courier = replace(GAZETTE, name="courier", platform=None, story_url=None, edition=None)
    project = checkout(tmp_path / "checkout", courier=declaration(courier))
    with served(GazetteSite()) as site:
        settings = {**os.environ, "PYTHONPATH": str(project), "AKHBAR_COURIER_BASE_URL": site.url}
        url = "https://m.gazette.example/story/2009001"
        command = [sys.executable, "-P", "-m", "akhbar.cli", "page", "courier", url]
        done = subprocess.run(command, cwd=project, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "wrote tests/pages/courier/story/2009001.html\n" in done.stderr
    story = json.loads((project / "tests/pages/courier/story/2009001.json").read_text())
    assert (story["source"], story["story_id"]) == ("courier", "/story/2009001")
    assert story["url"] == "https://www.gazette.example/story/2009001"
    assert story["title"] == "Monsoon to arrive early, says weather office"
    page = (project / "tests/pages/courier/story/2009001.html").read_bytes()
    assert b"https://www.gazette.example/story/2009001" in page
