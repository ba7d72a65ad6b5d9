"""Manners towards a site: when the crawler waits, when it gives up, which redirects it follows."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import HtmlResponse, Response

from spiders.politeness import MovedError, OwnPageRedirect, PatientRetry, RefusedError, StopWhenRefused, retry_after
from tests.spiders.crawl import SITE, spider

COPY = "http://127.0.0.1:9000"


class Engine:
    """What a middleware needs of Scrapy's engine to end a crawl."""

    def __init__(self, reader: Any) -> None:
        self.spider = reader
        self.reasons: list[str] = []

    def close_spider_async(self, reason: str) -> Any:
        self.reasons.append(reason)
        return asyncio.sleep(0)


@pytest.fixture
def crawler() -> Any:
    """A crawler of the newspaper and of a copy of it, with a pause of two seconds between pages."""
    settings = {"CONTACT": "desk@example.org", "RETRY_TIMES": 4, "DOWNLOAD_DELAY": 2}
    reader = spider(settings, edition="2016-01-22", base_url=COPY)
    made: Any = reader.crawler
    made.spider, made.engine = reader, Engine(reader)
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds of each wait; nothing is waited for."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds:
            waited.append(seconds)

    monkeypatch.setattr("spiders.politeness.asyncio.sleep", sleep)
    return waited


def stopped(crawler: Any) -> str | None:
    """Why the crawl was ended."""
    assert len(crawler.engine.reasons) <= 1
    return next(iter(crawler.engine.reasons), None)


def request(path: str = "/news/7", role: str = "story", **meta: Any) -> Request:
    return Request(SITE + path, meta={"role": role, **meta})


def response(status: int = 200, body: str = "", url: str = f"{SITE}/news/7", **headers: str) -> HtmlResponse:
    return HtmlResponse(url, status, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode())


# --- Retry-After ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("Fri, 22 Jan 2016 09:00:00 GMT", 0.0),
        ("Fri, 22 Jan 2016 09:00:00 -0000", 0.0),
        ("soon", None),
        ("-5", None),
        ("7.5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after(response(503, Retry_After=said)) == seconds


def test_a_date_to_come_is_that_many_seconds_away() -> None:
    said = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3000 < (retry_after(response(503, Retry_After=said)) or 0) <= 3600


def test_a_response_without_the_header_asks_for_no_wait() -> None:
    assert retry_after(response(503)) is None


# --- waiting and giving up ------------------------------------------------------------------------------------------


def answer(retry: PatientRetry, status: int, asked: Request | None = None, **headers: str) -> Request | Response:
    async def process() -> Request | Response:
        return await retry.process_response(asked or request(), response(status, **headers))

    return asyncio.run(process())


def fail(retry: PatientRetry, error: Exception, asked: Request | None = None) -> Request | None:
    async def process() -> Request | None:
        return await retry.process_exception(asked or request(), error)

    return asyncio.run(process())


@pytest.fixture
def retry(crawler: Any, waits: list[float]) -> PatientRetry:
    return PatientRetry.from_crawler(crawler)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_page_is_asked_for_again_after_the_wait_that_the_site_asks_for(
    retry: PatientRetry, waits: list[float], status: int
) -> None:
    again = answer(retry, status, Retry_After="7")
    assert isinstance(again, Request)
    assert waits == [7]


def test_without_a_wait_of_the_sites_own_each_try_waits_twice_as_long(retry: PatientRetry, waits: list[float]) -> None:
    asked: Any = request()
    while isinstance(asked, Request):
        asked = answer(retry, 503, asked)
    assert asked.status == 503
    assert waits == [10.5, 21, 42, 84]


@pytest.mark.parametrize("status", [200, 301, 304, 403, 404, 410])
def test_an_answer_that_will_not_change_is_not_asked_for_again(
    retry: PatientRetry, waits: list[float], crawler: Any, status: int
) -> None:
    assert isinstance(answer(retry, status), Response)
    assert (waits, stopped(crawler)) == ([], None)


def test_a_wait_of_ten_minutes_is_waited_for(retry: PatientRetry, waits: list[float]) -> None:
    assert isinstance(answer(retry, 503, Retry_After="600"), Request)
    assert waits == [600]


def test_a_longer_wait_ends_the_crawl(retry: PatientRetry, waits: list[float], crawler: Any) -> None:
    with pytest.raises(RefusedError, match="601 s"):
        answer(retry, 429, Retry_After="601")
    assert waits == []
    assert (stopped(crawler) or "").startswith("refused: ")


LAST_TRY = 4


@pytest.mark.parametrize(
    ("statuses", "ends"),
    [
        ([503, 429, 503], True),
        ([503, 503], False),
        ([503, 503, 200, 503, 503], False),
        ([503, 503, 404, 503, 503], False),
        ([500, 500, 500, 500], False),
    ],
)
def test_a_site_that_turns_away_three_pages_in_a_row_is_left_alone(
    retry: PatientRetry, crawler: Any, statuses: list[int], ends: bool
) -> None:
    for status in statuses:
        answer(retry, status, request(retry_times=LAST_TRY))
    assert ((stopped(crawler) or "").startswith("refused: ")) == ends


@pytest.mark.parametrize(("status", "ends"), [(500, True), (503, True), (404, False), (403, False)])
def test_a_site_whose_robots_txt_is_broken_is_not_crawled(
    retry: PatientRetry, crawler: Any, status: int, ends: bool
) -> None:
    answer(retry, status, request("/robots.txt", dont_obey_robotstxt=True, retry_times=LAST_TRY))
    assert ((stopped(crawler) or "").startswith("unreachable: ")) == ends


@pytest.mark.parametrize(("error", "tries"), [(DownloadFailedError("reset"), 3), (DownloadTimeoutError(), 2)])
def test_a_page_that_gives_no_answer_is_asked_for_a_few_times(
    retry: PatientRetry, waits: list[float], crawler: Any, error: Exception, tries: int
) -> None:
    asked: Request | None = request()
    asked_for = 0
    while asked:
        asked_for += 1
        asked = fail(retry, error, asked)
    assert asked_for == tries
    assert waits == [2.5, 5][: tries - 1]
    assert stopped(crawler) is None, "other pages may be answered"


def test_a_host_that_is_unreachable_twice_ends_the_crawl(retry: PatientRetry, crawler: Any) -> None:
    again = fail(retry, CannotResolveHostError("www.dawn.com"))
    assert stopped(crawler) is None
    assert isinstance(again, Request)
    assert fail(retry, CannotResolveHostError("www.dawn.com"), again) is None
    assert (stopped(crawler) or "").startswith("unreachable: www.dawn.com")


@pytest.mark.parametrize(("answers_between", "ends"), [(False, True), (True, False)])
def test_six_time_outs_in_a_row_end_the_crawl(
    retry: PatientRetry, crawler: Any, answers_between: bool, ends: bool
) -> None:
    for _ in range(5):
        fail(retry, DownloadTimeoutError(), request(retry_times=1))
    assert stopped(crawler) is None
    if answers_between:
        answer(retry, 404)
    fail(retry, DownloadTimeoutError(), request(retry_times=1))
    assert ((stopped(crawler) or "").startswith("unreachable: ")) == ends


def test_a_site_whose_robots_txt_gives_no_answer_is_not_crawled(retry: PatientRetry, crawler: Any) -> None:
    fail(retry, DownloadTimeoutError(), request("/robots.txt", dont_obey_robotstxt=True, retry_times=1))
    assert (stopped(crawler) or "").startswith("unreachable: ")


# --- challenges -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 403, 503])
@pytest.mark.parametrize(
    "challenge",
    [
        {"body": "<html><head><title>Just a moment...</title>"},
        {"body": "<HTML><TITLE>\n Attention Required! | Cloudflare</TITLE>"},
        {"body": "<title>Access denied</title>"},
        {"cf_mitigated": "challenge"},
        {"cf_mitigated": "Challenge"},
    ],
)
def test_a_challenge_page_ends_the_crawl(crawler: Any, waits: list[float], status: int, challenge: Any) -> None:
    async def process() -> None:
        StopWhenRefused.from_crawler(crawler).process_response(request(), response(status, **challenge))

    with pytest.raises(RefusedError, match=f"answered {status} with a challenge page"):
        asyncio.run(process())
    assert (stopped(crawler) or "").startswith("refused: ")


@pytest.mark.parametrize(
    ("role", "status", "ends"),
    [
        ("listing", 403, True),
        ("feed", 403, True),
        ("sitemap", 403, True),
        ("story", 403, False),
        ("listing", 404, False),
        ("listing", 503, False),
    ],
)
def test_a_forbidden_listing_ends_the_crawl_and_a_forbidden_story_does_not(
    crawler: Any, waits: list[float], role: str, status: int, ends: bool
) -> None:
    async def process() -> None:
        StopWhenRefused.from_crawler(crawler).process_response(request(role=role), response(status))

    if ends:
        with pytest.raises(RefusedError):
            asyncio.run(process())
    else:
        asyncio.run(process())
    assert (stopped(crawler) is not None) == ends


@pytest.mark.parametrize(
    "title", ["A moment of calm - Dawn", "Just a moment of calm - Dawn", "No access denied - Dawn"]
)
def test_a_story_may_speak_of_moments_and_of_access(crawler: Any, title: str) -> None:
    page = response(body=f"<html><head><title>{title} - Dawn</title><p>Just a moment...</p>")
    assert StopWhenRefused.from_crawler(crawler).process_response(request(), page) is page


@pytest.mark.parametrize(
    ("contact", "url", "may_ask"),
    [
        ("desk@example.org", f"{SITE}/news/7", True),
        ("", f"{COPY}/news/7", True),
        ("", "http://localhost:9000/news/7", True),
        ("", "http://[::1]:9000/news/7", True),
        ("", f"{SITE}/news/7", False),
        ("", "http://127.0.0.1.example.org/news/7", False),
    ],
)
def test_a_live_site_is_asked_for_nothing_without_a_contact(
    crawler: Any, waits: list[float], contact: str, url: str, may_ask: bool
) -> None:
    crawler.settings.frozen = False
    crawler.settings.set("CONTACT", contact)

    async def process() -> None:
        StopWhenRefused.from_crawler(crawler).process_request(Request(url))

    if may_ask:
        asyncio.run(process())
    else:
        with pytest.raises(RefusedError, match="AKHBAR_CONTACT"):
            asyncio.run(process())
    assert (stopped(crawler) is None) == may_ask


def test_nothing_more_is_asked_for_once_the_crawl_was_ended(crawler: Any, retry: PatientRetry) -> None:
    with pytest.raises(RefusedError):
        answer(retry, 503, Retry_After="3600")
    with pytest.raises(RefusedError, match="refused: "):
        StopWhenRefused.from_crawler(crawler).process_request(request())


# --- redirects ------------------------------------------------------------------------------------------------------


def followed(crawler: Any, asked: Request, location: str) -> str:
    redirect = OwnPageRedirect.from_crawler(crawler)
    found = redirect.process_response(asked, response(301, url=asked.url, Location=location))
    assert isinstance(found, Request)
    return found.url


@pytest.mark.parametrize(
    ("path", "story_id", "location", "target"),
    [
        ("/news/7", "7", "/news/7/ferries", f"{SITE}/news/7/ferries"),
        ("/news/7/old", "7", f"{SITE}/news/7/new", f"{SITE}/news/7/new"),
        ("/news/7/old", "7", "https://dawn.com/news/7", f"{SITE}/news/7"),
        ("/news/7", "7", "http://www.dawn.com/news/7/ferries", f"{SITE}/news/7/ferries"),
        ("/newspaper/sport", None, "/newspaper/sport/2016-01-22", f"{SITE}/newspaper/sport/2016-01-22"),
        ("/newspaper/sport/2016-01-22", None, "/newspaper/sport/2016-01-22/", f"{SITE}/newspaper/sport/2016-01-22/"),
    ],
)
def test_a_redirect_to_the_same_page_is_followed(
    crawler: Any, path: str, story_id: str | None, location: str, target: str
) -> None:
    assert followed(crawler, request(path, story_id=story_id), location) == target


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("path", "story_id", "location"),
    [
        ("/news/7", "7", "/news/8"),
        ("/news/7", "7", "/news/70"),
        ("/news/7", "7", "/"),
        ("/news/7", "7", "/live/budget"),
        ("/news/7", "7", "https://aurora.dawn.com/news/7"),
        ("/news/7", "7", "//evil.example/news/7"),
        ("/newspaper/sport/2016-01-22", None, "/newspaper/sport"),
        ("/newspaper/sport/2016-01-22", None, "/"),
    ],
)
def test_a_redirect_to_another_page_is_not_followed(
    crawler: Any, path: str, story_id: str | None, location: str, status: int
) -> None:
    asked = request(path, story_id=story_id)
    with pytest.raises(MovedError, match="redirected to"):
        OwnPageRedirect.from_crawler(crawler).process_response(
            asked, response(status, url=asked.url, Location=location)
        )


def test_on_a_copy_of_the_site_a_redirect_to_its_own_name_stays_on_the_copy(crawler: Any) -> None:
    asked = Request(f"{COPY}/news/7", meta={"story_id": "7"})
    assert followed(crawler, asked, f"{SITE}/news/7/ferries") == f"{COPY}/news/7/ferries"
