"""The scrape step against all kinds of answers from a site, over HTTP."""

import os
import signal
from email.utils import formatdate
from pathlib import Path
from threading import Event

import pytest

from akhbar.pipeline import run_all
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import CrawlFailedError, NewspaperRefusedError, seal_stopped_crawl
from tests.akhbar.runs import CHALLENGE, SMALL, edition, start, story_requests, wait_until
from tests.conftest import News
from tests.replica import Answer, Replica, html
from tests.spiders.dawn import DAWN


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("header", [{"Retry-After": "1"}, {"Retry-After": formatdate(usegmt=True)}, {}])
@pytest.mark.parametrize("status", [429, 503])
def test_the_crawl_waits_as_long_as_the_site_requests(
    news: News, site: Replica, status: int, header: dict[str, str]
) -> None:
    path = "/news/2009001/monsoon-to-arrive-early-says-weather-office"
    site.faults[path] = [Answer(status, b"later", header)]
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert "2009001" in news.stories()
    first, second = (at for _, asked, _, at in site.requests if asked == path)
    between = [asked for _, asked, _, at in site.requests if first < at < second]
    assert not between, "no other request is sent during the wait"
    if header.get("Retry-After") == "1":
        assert second - first >= 1


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "fault",
    [
        Answer(200, b"%PDF-1.4", {"Content-Type": "application/pdf"}),
        Answer(200, b"\x00\x01\x02" * 50, {"Content-Type": "application/octet-stream"}),
        Answer(200, b"x" * (11 * 1024 * 1024), {"Content-Type": "text/html"}),
        Answer(200, b"<html>" + b"y" * 5000, {"Content-Type": "text/html"}, cut_at=100),
        Answer(200, b"", {"Content-Type": "text/html"}),
        Answer(500, b"broken", {"Content-Type": "text/html"}),
    ],
    ids=["pdf", "binary", "too large", "cut", "empty", "500"],
)
def test_a_page_that_cannot_be_read_is_recorded_and_the_others_are_stored(
    news: News, site: Replica, fault: Answer
) -> None:
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = lambda: fault
    with pytest.raises(ChecksFailedError, match="coverage: found 4 of 5 stories stored"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 4
    [(outcome, reason)] = news.rows("SELECT outcome, reason FROM pages WHERE story_id = '2009001'")
    assert outcome == "failed"
    assert reason


@pytest.mark.usefixtures("here")
def test_a_section_that_cannot_be_read_fails_the_run_and_the_next_try_fetches_what_is_missing(
    news: News, site: Replica
) -> None:
    path = f"/newspaper/editorial/{SMALL}"
    site.faults[path] = [Answer(500, b"")] * 5
    with pytest.raises(CrawlFailedError, match=r"1 listings could not be read \(.*editorial.*500 after 5 tries"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 2, "the other stories are stored"
    site.requests.clear()
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 5
    assert len(story_requests(site)) == 3


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_page_stops_the_crawl_and_is_not_stored(news: News, site: Replica, status: int) -> None:
    site.faults["/news/2009002/deal-on-fibre-cable-signed"] = lambda: html(CHALLENGE, status)
    with pytest.raises(NewspaperRefusedError, match="blocked by the site"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    asked = story_requests(site)
    assert len(asked) - asked.index("/news/2009002/deal-on-fibre-cable-signed") <= 3
    assert "2009002" not in news.stories()
    assert news.rows("SELECT outcome FROM runs") == [("refused",)]


@pytest.mark.usefixtures("here")
def test_nothing_is_fetched_if_robots_txt_is_unavailable(site: Replica) -> None:
    site.faults["/robots.txt"] = lambda: Answer(503, b"", {"Retry-After": "0"})
    with pytest.raises(CrawlFailedError, match=r"robots\.txt could not be fetched"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert set(site.paths) == {"/robots.txt"}


@pytest.mark.usefixtures("here")
def test_several_throttled_pages_in_a_row_stop_the_crawl(news: News, site: Replica) -> None:
    for slug in DAWN.print_edition.sections:
        site.faults[f"/newspaper/{slug}/{SMALL}"] = lambda: Answer(429, b"", {"Retry-After": "0"})
    with pytest.raises(NewspaperRefusedError, match="answered 429 to 3 pages in a row"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(set(site.paths)) <= 5, "robots.txt, three sections, and one that was in progress"


@pytest.mark.usefixtures("here")
def test_a_requested_wait_of_an_hour_stops_the_crawl(site: Replica) -> None:
    site.faults[f"/newspaper/front-page/{SMALL}"] = lambda: Answer(429, b"", {"Retry-After": "3600"})
    with pytest.raises(NewspaperRefusedError, match="asks us to wait 3600 s"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(site.requests) <= 3


@pytest.mark.usefixtures("here")
def test_a_day_without_an_edition_fails_with_that_reason(news: News) -> None:
    with pytest.raises(CrawlFailedError, match="edition 2011-11-11: no listing contains any stories"):
        run_all(edition("2011-11-11"), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT outcome FROM runs") == [("empty",)]


@pytest.mark.usefixtures("here")
def test_an_unreachable_site_fails_with_that_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(CrawlFailedError, match=r"127.0.0.1:9 cannot be reached"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])


@pytest.mark.usefixtures("here")
def test_a_redirect_to_another_site_is_not_followed(news: News, site: Replica) -> None:
    with_trap = "http://127.0.0.1:1/internal"
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = lambda: Answer(
        302, b"", {"Location": with_trap}
    )
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT outcome, reason FROM pages WHERE story_id = '2009001'") == [
        ("moved", f"redirected to {with_trap}")
    ]


@pytest.mark.usefixtures("here")
def test_a_redirect_within_the_site_is_followed_on_the_copy_that_is_read(news: News, site: Replica) -> None:
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = [
        Answer(301, b"", {"Location": "https://www.dawn.com/news/2009001/another-slug"})
    ]
    site.faults["/newspaper/national/2026-06-19"] = [Answer(302, b"", {"Location": "https://www.dawn.com/"})]
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 5
    assert "/news/2009001/another-slug" in site.paths
    assert news.rows("SELECT outcome FROM pages WHERE url LIKE '%%/national/%%'") == [("moved",)]


@pytest.mark.usefixtures("here")
def test_a_forbidden_listing_means_that_the_site_blocks_the_crawler(site: Replica) -> None:
    site.faults[f"/newspaper/front-page/{SMALL}"] = lambda: Answer(403, b"no", {"Content-Type": "text/html"})
    with pytest.raises(NewspaperRefusedError, match="answered 403"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(site.requests) <= 3


def test_robots_txt_is_obeyed_and_the_user_agent_has_the_contact_address(
    here: Path, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_CONTACT", "desk@example.org")
    site.faults["/robots.txt"] = lambda: Answer(
        200, b"User-agent: akhbar\nDisallow: /newspaper/\nDisallow: /sp-supplements/", {"Content-Type": "text/plain"}
    )
    with pytest.raises(CrawlFailedError, match="listings could not be read"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert site.paths == ["/robots.txt"]
    assert site.requests[0][2]["User-Agent"] == "akhbar/0.1 (newspaper archive; desk@example.org)"


def clean_and_load(news: News) -> None:
    clean_batch(edition(SMALL).batch)
    load_batch(edition(SMALL).batch, news.writer)


def test_an_interrupted_crawl_ends_its_page_and_what_it_fetched_can_be_stored(
    here: Path, news: News, site: Replica
) -> None:
    last, interrupted = "/news/2009013/room-for-rain", Event()

    def answer() -> Answer:
        assert interrupted.wait(30)
        del site.faults[last]
        return site.answer(last)

    site.faults[last] = answer
    scraping = start("scrape", "first")
    wait_until(lambda: last in site.paths)
    scraping.send_signal(signal.SIGINT)
    interrupted.set()
    scraping.wait()
    [ended] = news.rows("SELECT outcome, reason FROM runs")  # the last page may end the crawl before the signal does
    assert ended in {("failed", "the crawl was stopped (shutdown)"), ("complete", None)}
    fetched = {path.split("/")[2] for path in story_requests(site)}
    clean_and_load(news)
    assert news.stories().keys() == fetched
    assert "2009013" in fetched


def test_what_a_killed_crawl_fetched_can_be_stored(here: Path, news: News, site: Replica) -> None:
    last = "/news/2009013/room-for-rain"
    site.faults[last] = lambda: Answer(200, b"", {"Content-Type": "text/html"}, stall=60)
    scraping = start("scrape", "first")
    wait_until(lambda: last in site.paths)
    scraping.kill()
    scraping.wait()
    fetched = {path.split("/")[2] for path in story_requests(site)} - {"2009013"}
    seal_stopped_crawl(edition(SMALL), news.writer)
    clean_and_load(news)
    assert news.stories().keys() == fetched != set()
    assert news.rows("SELECT outcome, reason FROM runs") == [("failed", "the crawl was stopped")]
