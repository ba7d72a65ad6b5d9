"""The Express Tribune: its pages, and whole runs against its replica."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.pipeline import run_all
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURLY_IDS, PagesReplica, served
from tests.spiders.newspapers.cases import cases, read

NAME = "tribune"
DAY = "2023-04-07"


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


@pytest.fixture
def site(news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PagesReplica]:
    """The replica of The Express Tribune, with settings that read it into the fresh database."""
    with served(PagesReplica(NAME)) as replica:
        monkeypatch.setenv("AKHBAR_TRIBUNE_BASE_URL", replica.url)
        monkeypatch.setenv("AKHBAR_DATABASE_URL", news.writer)
        monkeypatch.setenv("AKHBAR_ARCHIVE", str(tmp_path / "archive"))
        yield replica


def crawled(site: PagesReplica, news: News, run: Run) -> list[str]:
    """The paths that a run requests. All of its checks must pass."""
    site.requests.clear()
    run_all(run, news.writer)
    [(checks,)] = news.rows("SELECT checks FROM runs WHERE batch LIKE %s", f"%/{run.name}")
    assert [check for check in checks if not check["passed"]] == []
    return site.paths


def stories(paths: list[str]) -> list[str]:
    """The ids of the stories that were requested."""
    return sorted(story_id for path in paths if (story_id := newspaper(NAME).story_id(path)))


def test_a_day_is_read_from_all_pages_of_its_web_archive(site: PagesReplica, news: News) -> None:
    requested = crawled(site, news, Run(NAME, "edition", date.fromisoformat(DAY), "day"))
    expected = {
        story["story_id"]: story["kind"]
        for case in cases(NAME)
        if ((story := json.loads(case.read_text()))["published_at"] or "").startswith(DAY)
    }
    assert len(expected) == 5
    assert news.stories() == expected
    assert stories(requested) == sorted(expected), "none from the menu, the ticker and the side column"


def test_the_latest_stories_come_from_feeds_and_pages_and_signed_columns_are_no_editorials(
    site: PagesReplica, news: News
) -> None:
    requested = crawled(site, news, Run(NAME, "latest", None, "first"))
    assert [requested.count(path) for path in ("/latest", "/opinion/editorial")] == [3, 2], "pages"
    assert not [path for path in requested if path.startswith("/story/") and path.endswith("/opinion/editorial")]
    assert "/sitemap/sitemap_main.xml" not in requested
    stored = news.rows("SELECT story_id, kind, extracted_by, authors, image_url FROM stories")
    by_feed = [story_id for story_id, _, how, *_ in stored if how == "feed"]
    assert len(by_feed) == 6, "those that a feed contains in full"
    assert stories(requested) == sorted({story_id for story_id, *_ in stored}.difference(by_feed))
    editorials = {story_id for story_id, kind, *_ in stored if kind == "editorial"}
    made_up = {story_id for story_id, *_ in stored if int(story_id) > HOURLY_IDS}
    assert editorials == {*(story_id for story_id in made_up if int(story_id) % 8 == 0), "2410102"}
    assert {story_id for story_id, _, _, authors, _ in stored if not authors} == editorials
    assert all(image.endswith(f"/{story_id}.jpg") for story_id, *_, image in stored)
