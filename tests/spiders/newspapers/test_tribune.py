"""The Express Tribune: its pages, and whole runs against its replica."""

import json
from datetime import date
from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURLY_IDS, PagesReplica
from tests.spiders.newspapers.cases import cases, crawled, read

NAME = "tribune"
DAY = "2023-04-07"


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


def stories(paths: list[str]) -> list[str]:
    """The ids of the stories that were requested."""
    return sorted(story_id for path in paths if (story_id := newspaper(NAME).story_id(path)))


def test_a_day_is_read_from_all_pages_of_its_web_archive(replica: PagesReplica, news: News) -> None:
    requested = crawled(replica, news, Run(NAME, "edition", date.fromisoformat(DAY), "day"))
    expected = {
        story["story_id"]: story["kind"]
        for case in cases(NAME)
        if ((story := json.loads(case.read_text()))["published_at"] or "").startswith(DAY)
    }
    assert len(expected) == 5
    assert news.stories() == expected
    assert stories(requested) == sorted(expected), "none from the menu, the ticker and the side column"


def test_the_latest_stories_come_from_feeds_and_pages_and_signed_columns_are_no_editorials(
    replica: PagesReplica, news: News
) -> None:
    requested = crawled(replica, news, Run(NAME, "latest", None, "first"))
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
