"""Pakistan Today: its pages, and whole runs against its replica."""

import json
from datetime import date
from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.pipeline import run_all
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURS, PagesReplica
from tests.spiders.newspapers.cases import cases, read

NAME = "pakistantoday"
DAY = "2024-05-14"


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


def stories_fetched(replica: PagesReplica) -> set[str]:
    """The paths of the stories that were requested, in the form of ids."""
    paths = {path.rstrip("/") for path in replica.paths if newspaper(NAME).story_id(path)}
    replica.requests.clear()
    return paths


def failed_checks(news: News) -> list[str]:
    """The failed checks of all runs, warnings too, with what they found."""
    query = """SELECT c ->> 'name' || ': ' || (c ->> 'seen') FROM runs, jsonb_array_elements(checks) AS c
        WHERE c ->> 'passed' = 'false'"""
    return [found for (found,) in news.rows(query)]


def test_a_day_is_read_from_all_pages_of_its_archive(replica: PagesReplica, news: News) -> None:
    run_all(Run(NAME, "edition", date.fromisoformat(DAY), "first"), news.writer)
    expected = {
        story["story_id"]: story["kind"]
        for case in cases(NAME)
        if (story := json.loads(case.read_text()))["published_at"].startswith(DAY)
    }
    assert len(expected) == 9
    assert news.stories() == expected
    assert failed_checks(news) == []
    listings = [path for path in replica.paths if path.startswith("/2024/05/14/page/") or path == "/2024/05/14/"]
    assert listings == ["/2024/05/14/", "/2024/05/14/page/2/", "/2024/05/14/page/3/"]
    assert stories_fetched(replica) == set(expected), "none from the menu, the side column and the boxes"


def test_the_latest_stories_are_read_once_and_editorials_are_those_of_their_author(
    replica: PagesReplica, news: News
) -> None:
    run_all(Run(NAME, "latest", None, "first"), news.writer)
    fetched = stories_fetched(replica)
    stored = news.stories()
    assert fetched == set(stored)
    made_up = {story: int(story.rsplit("-", 1)[1]) for story in stored if "/plan-for-" in story}
    assert len(made_up) >= HOURS
    editorials = {story for story, number in made_up.items() if number % 8 == 0}
    assert {story for story, kind in stored.items() if kind == "editorial"} == {
        *editorials,
        "/2024/05/14/wheat-and-its-price",
        "/2024/05/14/budget-for-schools",
    }, "those of both pages of the author's listing, none from the editor's picks beside it"
    excerpts = [text for (text,) in news.rows("SELECT excerpt FROM stories WHERE excerpt IS NOT NULL")]
    assert excerpts
    assert not [text for text in excerpts if "appeared first" in text]
    run_all(Run(NAME, "latest", None, "second"), news.writer)
    assert not stories_fetched(replica) & fetched
    assert failed_checks(news) == []
