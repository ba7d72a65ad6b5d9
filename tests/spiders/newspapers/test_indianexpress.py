"""The Indian Express: each page of the replica gives the story in its JSON file, and crawls store what the listings
contain."""

import json
from datetime import date
from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURS, PagesReplica
from tests.spiders.newspapers.cases import cases, crawled, read

NAME = "indianexpress"
DAY = date(2024, 5, 14)


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


@pytest.mark.parametrize(
    ("path", "story_id"),
    [
        ("/article/cities/pune/well-diggers-of-shivapur-get-a-pension-after-eleven-years-9326101/", "9326101"),
        ("/article/world/a-budget-of-10000-crore-for-2024-9326102", "9326102"),
        ("/article/world/lake-town-will-not-pay-for-its-own-bridge-9326102/lite/", None),
        ("/article/cities/mumbai/mumbai-rains-live-updates-trains-late-9311001/", None),
        ("/article/sports/cricket/harbour-xi-vs-fort-xi-live-cricket-score-ball-by-ball-9311007/", None),
        ("/article/opinion/editorials/", None),
        ("/photos/india-news/six-photos-of-the-flood-that-did-not-come-9326120/", None),
        ("/videos/news-video/how-a-lock-keeper-opens-the-barrage-by-hand-videonews-x9kq2ab/", None),
    ],
)
def test_the_id_is_the_last_number_of_an_article_s_path(path: str, story_id: str | None) -> None:
    assert newspaper(NAME).story_id(path) == story_id


def articles_requested(replica: PagesReplica, news: News, run: Run) -> list[str]:
    """The ids of the stories that a run requests. It may request no other page of an article, gallery or video, and all
    of its checks must pass."""
    pages = [path for path in crawled(replica, news, run) if path.startswith(("/article/", "/photos/", "/videos/"))]
    ids = [newspaper(NAME).story_id(path) for path in pages]
    assert None not in ids, pages
    return [story_id for story_id in ids if story_id]


def test_the_latest_stories_are_stored_once_and_editorials_are_those_of_their_path(
    replica: PagesReplica, news: News
) -> None:
    requested = articles_requested(replica, news, Run(NAME, "latest", None, "first"))
    kinds = news.stories()
    assert sorted(requested) == sorted(kinds)
    # from the listings; the last is a note among the editorials
    older = {"9326101": "article", "9326110": "editorial", "9326111": "article"}
    assert {story_id: kind for story_id, kind in kinds.items() if story_id.startswith("93")} == older
    made_up = {int(story_id): kind for story_id, kind in kinds.items() if story_id not in older}
    assert len(made_up) == HOURS, "none from the menu, the side column and the boxes"
    assert {number for number, kind in made_up.items() if kind == "editorial"} == {
        number for number in made_up if number % 8 == 0
    }
    listings = [path for path in replica.paths if path.startswith("/section/") and not path.endswith("/feed/")]
    assert sorted(listings) == [
        *("/section/india/", "/section/india/page/2/"),
        *("/section/opinion/editorials/", "/section/opinion/editorials/page/2/"),
    ]
    assert articles_requested(replica, news, Run(NAME, "latest", None, "second")) == []


def test_a_day_is_read_from_its_sitemap_and_a_paid_story_is_fetched_once(replica: PagesReplica, news: News) -> None:
    expected = {
        story["story_id"]: (story["kind"], story["completeness"])
        for case in cases(NAME)
        if (story := json.loads(case.read_text()))["published_at"].startswith("2024-05-14")
    }
    assert sorted(articles_requested(replica, news, Run(NAME, "edition", DAY, "first"))) == sorted(expected)
    stored = news.rows("SELECT story_id, kind, completeness FROM stories")
    assert {story_id: (kind, completeness) for story_id, kind, completeness in stored} == expected
    assert [story_id for story_id, (_, completeness) in expected.items() if completeness == "listed"] == ["9326104"]
    assert articles_requested(replica, news, Run(NAME, "edition", DAY, "second")) == []
