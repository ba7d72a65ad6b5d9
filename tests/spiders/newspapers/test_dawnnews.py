"""DawnNews, in Urdu: each page of the replica gives the story in its JSON file, and a crawl stores the latest ones."""

from pathlib import Path

import pytest

from akhbar.newspapers import newspaper
from akhbar.pipeline import run_all
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURS, PagesReplica
from tests.spiders.newspapers.cases import cases, read

NAME = "dawnnews"


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


def test_the_latest_stories_are_stored_with_place_authors_and_time(replica: PagesReplica, news: News) -> None:
    run_all(Run(NAME, "latest", None, "first"), news.writer)
    assert list(news.stories().values()) == ["article"] * HOURS
    fetched = [story_id for path in replica.paths if (story_id := newspaper(NAME).story_id(path))]
    assert len(fetched) == len(set(fetched)) == HOURS - 9, "nine of the twelve stories in the feeds are complete"
    incomplete = """SELECT count(*) FROM stories
        WHERE dateline IS NULL OR authors = '{}' OR published_at IS NULL
            OR completeness <> 'full' OR language <> 'ur'"""
    assert news.rows(incomplete) == [(0,)]
    assert news.rows("SELECT count(*) FROM stories WHERE body LIKE '%%مزید پڑھیں%%'") == [(0,)]
    assert {place for (place,) in news.rows("SELECT DISTINCT dateline FROM stories")} >= {"کراچی", "اسلام آباد"}
    found = news.rows("SELECT count(*) FROM stories WHERE search @@ websearch_to_tsquery('simple', 'منصوبہ کمیٹی')")
    assert found == [(HOURS,)]
    [(checks,)] = news.rows("SELECT checks FROM runs")
    assert [check for check in checks if not check["passed"]] == []
