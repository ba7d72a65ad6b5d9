"""The end of a crawl: its outcome, its counts and what the listings said."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response

from akhbar.archive.batch import Batch
from akhbar.crawl.manifest import counts_of, outcome_of
from akhbar.steps.scrape import scrape
from tests.akhbar.runs import SMALL, edition
from tests.conftest import News


def test_the_batch_keeps_what_the_listings_said_about_each_story(here: Path, news: News) -> None:
    scrape(edition(SMALL), news.writer)
    listed = {line["story_id"]: line for line in Batch(here / "dawn" / "first").lines("listed.jsonl")}
    assert {line["kind"] for line in listed.values()} == {"article", "editorial"}
    assert listed["2009001"]["edition_date"] == SMALL


@dataclass
class Spider:
    """What remains of a crawl at its end."""

    name: str = "dawn"
    edition: date | None = date(2016, 1, 22)
    paused_until: datetime | None = None
    from_feeds: set[str] = field(default_factory=set)
    failed_listings: list[str] = field(default_factory=list)
    listed: dict[str, Any] = field(default_factory=lambda: {"1": None})

    def start(self) -> AsyncIterator[Any]:
        raise NotImplementedError

    def broken(self, response: Response, reason: str) -> Iterator[Any]:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("spider", "finish_reason", "outcome", "reason"),
    [
        (Spider(), "finished", "complete", None),
        (Spider(listed={}), "finished", "empty", "edition 2016-01-22: no listing contains any stories; was a paper"),
        (Spider(edition=None, listed={}), "finished", "empty", "the latest stories: no listing contains any stories"),
        (
            Spider(failed_listings=["/a: 503", "/b: 503", "/c: 503", "/d: 503"]),
            "finished",
            "incomplete",
            "edition 2016-01-22: 4 listings could not be read (/a: 503; /b: 503; /c: 503)",
        ),
        (Spider(), "refused: blocked by the site: 403", "refused", "blocked by the site: 403"),
        (Spider(), "unreachable: no such host", "incomplete", "no such host"),
        (Spider(), "shutdown", "failed", "the crawl was stopped (shutdown)"),
    ],
)
def test_the_outcome_says_how_the_crawl_ended_and_why(
    spider: Spider, finish_reason: str, outcome: str, reason: str | None
) -> None:
    found, why = outcome_of(spider, finish_reason)
    assert found == outcome
    assert (why or "").startswith(reason or "")
    assert bool(why) == bool(reason)


def test_counts_are_taken_from_the_statistics_and_the_batch(tmp_path: Path) -> None:
    (tmp_path / "scraped.jsonl").write_text("{}\n{}\n")
    stats = {"akhbar/story/parsed": 3, "akhbar/story/gone": 1, "akhbar/known": 5, "akhbar/looked_again": 2}
    counts = counts_of(Spider(listed=dict.fromkeys("abc")), stats, tmp_path)
    assert {name: count for name, count in counts.items() if count} == {
        "discovered": 3,
        "fetched": 3,
        "gone": 1,
        "known": 5,
        "looked_again": 2,
        "scraped": 2,
    }
