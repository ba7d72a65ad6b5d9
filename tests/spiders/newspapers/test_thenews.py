"""The News International: its pages, and whole runs against its replica."""

from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURLY_IDS, PagesReplica
from tests.spiders.newspapers.cases import cases, crawled, read

NAME = "thenews"


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


def stories(paths: list[str]) -> list[str]:
    """The ids of the stories that were requested."""
    return sorted(story_id for path in paths if (story_id := newspaper(NAME).story_id(path)))


def test_the_latest_stories_are_read_once_and_only_listed_editorials_are_editorials(
    replica: PagesReplica, news: News
) -> None:
    requested = crawled(replica, news, Run(NAME, "latest", None, "first"))
    assert [requested.count(path) for path in ("/latest", "/print/category/editorial")] == [3, 2], "pages"
    assert "/sitemap.xml" not in requested
    stored = news.stories()
    assert stories(requested) == sorted([*stored, *REMOVED])
    made_up = {story_id for story_id in stored if int(story_id) > HOURLY_IDS}
    assert {story_id for story_id, kind in stored.items() if kind == "editorial"} == {
        *(story_id for story_id in made_up if int(story_id) % 8 == 0),
        "1093824",
    }
    assert {"820369", "1093801", "1093823", "1093825", "1093830"} < set(stored)
    times = news.rows("SELECT count(published_at), count(published_date) FROM stories")
    assert times == [(0, len(stored))]
    missing = news.rows("SELECT story_id, outcome FROM pages WHERE outcome <> 'parsed'")
    assert dict(missing) == REMOVED
    again = stories(crawled(replica, news, Run(NAME, "latest", None, "second")))
    assert set(again).isdisjoint(stored)


REMOVED = {"1093600": "moved", "1093601": "gone"}
"""Stories in whose place the site shows its home page: after a redirect, and at the story's own address."""
