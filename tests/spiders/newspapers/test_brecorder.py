"""Business Recorder: each page of the replica gives the story in its JSON file, and crawls store what the listings
contain."""

from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.crawl.loader import spider_for
from akhbar.newspapers import newspaper
from akhbar.pipeline import run_all
from akhbar.run import Run
from tests.conftest import News
from tests.replica import HOURS, PagesReplica
from tests.spiders.newspapers.cases import cases, read

NAME = "brecorder"
PAPER = newspaper(NAME)


@pytest.mark.parametrize("case", cases(NAME), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read(NAME, case)
    assert found == expected


def test_the_latest_stories_come_from_feeds_or_pages_and_editorials_are_those_that_are_listed(
    replica: PagesReplica, news: News
) -> None:
    run_all(Run(NAME, "latest", None, "first"), news.writer)
    stored = news.stories()
    assert len(stored) == HOURS
    assert {story for story, kind in stored.items() if kind == "editorial"} == {n for n in stored if int(n) % 8 == 0}
    fetched = [story_id for path in replica.paths if (story_id := PAPER.story_id(path))]
    assert len(fetched) == len(set(fetched)) == HOURS - 12, "the feed contains twelve"
    assert not [path for path in replica.paths if "/print" in path or "fonts" in path or "40302900" in path]
    rows = news.rows("SELECT dateline IS NULL, section FROM stories WHERE kind = 'article' AND extracted_by <> 'feed'")
    assert {without_dateline for without_dateline, _ in rows} == {False}
    assert {section for _, section in rows} == {None, "Pakistan", "Markets"}, "Print is not a section"
    assert news.rows("SELECT DISTINCT dateline FROM stories WHERE kind = 'editorial'") == [(None,)]
    assert news.rows("SELECT count(*) FROM stories WHERE body LIKE '%%Copyright%%'") == [(0,)]
    [(checks,)] = news.rows("SELECT checks FROM runs")
    assert [check for check in checks if not check["passed"]] == []


def test_a_day_has_the_stories_of_its_listings_and_no_others() -> None:
    spider = spider_for(PAPER)
    crawl: Any = spider.from_crawler(get_crawler(spider), edition="2024-06-05")
    crawl.crawler.stats.open_spider()
    replica = PagesReplica(NAME)
    for request in crawl._edition_listings(crawl.edition):
        crawl.listings_left = 2  # no story is requested
        page = replica.page(request.url.removeprefix(PAPER.home_page)).body
        assert not list(request.callback(HtmlResponse(request.url, body=page, request=request), **request.cb_kwargs))
    assert {story_id: story.editorial for story_id, story in crawl.listed.items()} == {
        "40303001": False,
        "40303002": True,
        "40303003": False,
        "40303005": False,
        "40303006": False,
        "40303007": False,
    }, "none of the day before"
