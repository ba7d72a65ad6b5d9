"""The Guardian: each page of the replica gives the story in its JSON file, and crawls store what the listings
contain."""

from datetime import date
from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.run import Run
from tests.conftest import News
from tests.replica import PagesReplica
from tests.spiders.newspapers.cases import cases, crawled, read

NAME = "guardian"


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


def stories(paths: list[str]) -> list[str]:
    return [path for path in paths if newspaper(NAME).story_id(path)]


def test_the_latest_stories_are_stored_once_and_only_listed_editorials_are_editorials(
    replica: PagesReplica, news: News
) -> None:
    requested = crawled(replica, news, Run(NAME, "latest", None, "first"))
    assert len(stories(requested)) == len(set(stories(requested))) == 40 + len(OLDER)
    assert not [path for path in requested if "/live/" in path or "/most-read" in path]
    kinds = news.stories()
    assert {path: kinds[path] for path in OLDER} == OLDER
    assert list(kinds.values()).count("editorial") == 5 + list(OLDER.values()).count("editorial")
    assert [requested.count(path) for path in ("/profile/editorial", "/world/all")] == [2, 2], "pages 1 and 2"
    assert stories(crawled(replica, news, Run(NAME, "latest", None, "second"))) == []


OLDER = {
    "/commentisfree/2019/nov/18/the-guardian-view-on-night-buses-the-last-ride-home": "editorial",
    "/commentisfree/2024/jul/02/the-guardian-view-on-lighthouses-someone-must-keep-them": "editorial",
    "/commentisfree/2024/jul/03/the-guardian-view-on-village-halls-roofs-before-ribbons": "editorial",
    "/commentisfree/2024/jul/03/the-guardian-view-of-my-allotment-was-too-kind": "article",
    "/world/2024/jul/03/porto-trams-stop-for-a-week-after-brakes-fail-on-hill": "article",
}
"""The stories that the listings contain in addition to those of the last 40 hours. Of the first editorial but one, only
the listing says that it is one; the column is promoted beside the list of editorials."""


DAYS = {
    date(2019, 11, 18): {
        "/commentisfree/2019/nov/18/the-guardian-view-on-night-buses-the-last-ride-home": ("editorial", "full"),
        "/world/2019/nov/18/harbour-mole-of-lagos-bay-gives-way-after-storm": ("article", "full"),
    },
    date(2024, 7, 3): {
        "/commentisfree/2024/jul/03/the-guardian-view-of-my-allotment-was-too-kind": ("article", "full"),
        "/commentisfree/2024/jul/03/the-guardian-view-on-village-halls-roofs-before-ribbons": ("editorial", "full"),
        "/politics/2024/jul/03/council-of-wick-votes-after-midnight-to-keep-its-library": ("article", "full"),
        "/society/2024/jul/03/the-last-lamplighters-of-the-severn-and-what-they-know": ("article", "listed"),
        "/world/2024/jul/03/porto-trams-stop-for-a-week-after-brakes-fail-on-hill": ("article", "full"),
    },
}
"""The stories of two days, with their kind and completeness. The listings also contain stories of other days, stories
that are in two sections, live blogs, a gallery, a video and a cartoon."""


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_day_has_the_stories_of_its_listings(replica: PagesReplica, news: News, day: date) -> None:
    requested = crawled(replica, news, Run(NAME, "edition", day, "day"))
    assert sorted(stories(requested)) == sorted(DAYS[day])
    stored = news.rows("SELECT story_id, kind, completeness FROM stories")
    assert {story_id: (kind, completeness) for story_id, kind, completeness in stored} == DAYS[day]
    [(sections,)] = news.rows("SELECT counts -> 'sections' FROM runs")
    assert sections["Editorial"] == {"discovered": 1, "stored": 1}


def test_a_story_that_the_sign_in_gate_cuts_is_not_fetched_again(replica: PagesReplica, news: News) -> None:
    crawled(replica, news, Run(NAME, "edition", date(2024, 7, 3), "first"))
    assert stories(crawled(replica, news, Run(NAME, "edition", date(2024, 7, 3), "second"))) == []
