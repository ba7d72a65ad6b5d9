"""Politeness: when the crawler waits, when it gives up, which redirects it follows."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeVar

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import HtmlResponse, Response

from spiders.politeness import (
    ChallengeMiddleware,
    MovedError,
    RefusedError,
    RetryAfterMiddleware,
    SamePageRedirectMiddleware,
    retry_after,
)
from tests.spiders.crawl import SITE, spider

COPY = "http://127.0.0.1:9000"
T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine in a thread, since the browser of other tests leaves an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


class Engine:
    """The part of Scrapy's engine that a middleware needs to stop a crawl."""

    def __init__(self, reader: Any) -> None:
        self.spider = reader
        self.reasons: list[str] = []

    def close_spider_async(self, reason: str) -> Any:
        self.reasons.append(reason)
        return asyncio.sleep(0)


@pytest.fixture
def crawler() -> Any:
    """A crawler of the newspaper and of a copy of it, with a delay of two seconds on the site."""
    settings = {
        "CONTACT": "desk@example.org",
        "RETRY_TIMES": 4,
        "DOWNLOAD_DELAY": 2,
        "DOWNLOAD_SLOTS": {"127.0.0.1": {"delay": 0}},
    }
    reader = spider(settings, edition="2016-01-22", base_url=COPY)
    made: Any = reader.crawler
    made.spider, made.engine = reader, Engine(reader)
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each wait; the tests do not really wait."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        if seconds:
            waited.append(seconds)

    monkeypatch.setattr("spiders.politeness.asyncio.sleep", sleep)
    return waited


def stopped(crawler: Any) -> str | None:
    """Why the crawl was stopped."""
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
        ("", None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after(response(503, Retry_After=said)) == seconds


def test_a_superscript_is_not_a_number_of_seconds() -> None:
    assert retry_after(Response(f"{SITE}/news/7", 503, {"Retry-After": "²".encode("latin-1")})) is None


def test_a_future_date_gives_the_seconds_until_then() -> None:
    said = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3000 < (retry_after(response(503, Retry_After=said)) or 0) <= 3600


def test_a_response_without_the_header_requests_no_wait() -> None:
    assert retry_after(response(503)) is None


# --- waiting and giving up ------------------------------------------------------------------------------------------


def answer(retry: RetryAfterMiddleware, status: int, page: Request | None = None, **headers: str) -> Any:
    async def process() -> Request | Response:
        return await retry.process_response(page or request(), response(status, **headers))

    return run(process())


def fail(retry: RetryAfterMiddleware, error: Exception, page: Request | None = None) -> Request | None:
    async def process() -> Request | None:
        return await retry.process_exception(page or request(), error)

    return run(process())


@pytest.fixture
def retry(crawler: Any, waits: list[float]) -> RetryAfterMiddleware:
    return RetryAfterMiddleware.from_crawler(crawler)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_page_is_retried_after_the_wait_that_the_site_requests(
    retry: RetryAfterMiddleware, waits: list[float], status: int
) -> None:
    again = answer(retry, status, Retry_After="7")
    assert isinstance(again, Request)
    assert waits == [7]


def test_each_retry_waits_twice_as_long_by_default(retry: RetryAfterMiddleware, waits: list[float]) -> None:
    page: Any = request()
    while isinstance(page, Request):
        page = answer(retry, 503, page)
    assert page.status == 503
    assert waits == [10.5, 21, 42, 84]


def test_the_wait_before_a_retry_depends_on_the_delay_of_that_host(
    retry: RetryAfterMiddleware, waits: list[float]
) -> None:
    answer(retry, 503, Request(f"{COPY}/news/7"))
    assert waits == [0.5]


@pytest.mark.parametrize("status", [200, 301, 304, 403, 404, 410])
def test_a_permanent_answer_is_not_retried(
    retry: RetryAfterMiddleware, waits: list[float], crawler: Any, status: int
) -> None:
    assert isinstance(answer(retry, status), Response)
    assert (waits, stopped(crawler)) == ([], None)


def test_the_crawl_waits_up_to_ten_minutes(retry: RetryAfterMiddleware, waits: list[float]) -> None:
    assert isinstance(answer(retry, 503, Retry_After="600"), Request)
    assert waits == [600]


def test_a_longer_wait_ends_the_crawl(retry: RetryAfterMiddleware, waits: list[float], crawler: Any) -> None:
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
def test_three_throttled_pages_in_a_row_end_the_crawl(
    retry: RetryAfterMiddleware, crawler: Any, statuses: list[int], ends: bool
) -> None:
    for status in statuses:
        answer(retry, status, request(retry_times=LAST_TRY))
    assert ((stopped(crawler) or "").startswith("refused: ")) == ends


@pytest.mark.parametrize(("status", "ends"), [(500, True), (503, True), (404, False), (403, False)])
def test_a_site_whose_robots_txt_is_broken_is_not_crawled(
    retry: RetryAfterMiddleware, crawler: Any, status: int, ends: bool
) -> None:
    answer(retry, status, request("/robots.txt", dont_obey_robotstxt=True, retry_times=LAST_TRY))
    assert ((stopped(crawler) or "").startswith("unreachable: ")) == ends


@pytest.mark.parametrize(("error", "tries"), [(DownloadFailedError("reset"), 3), (DownloadTimeoutError(), 2)])
def test_a_page_without_a_response_is_retried_a_few_times(
    retry: RetryAfterMiddleware, waits: list[float], crawler: Any, error: Exception, tries: int
) -> None:
    page: Request | None = request()
    tries_made = 0
    while page:
        tries_made += 1
        page = fail(retry, error, page)
    assert tries_made == tries
    assert waits == [2.5, 5][: tries - 1]
    assert stopped(crawler) is None, "other pages may respond"


@pytest.mark.parametrize("error", [CannotResolveHostError("www.dawn.com"), DownloadConnectionRefusedError("reset")])
def test_a_host_that_is_unreachable_twice_ends_the_crawl(
    retry: RetryAfterMiddleware, crawler: Any, error: Exception
) -> None:
    again = fail(retry, error)
    assert stopped(crawler) is None
    assert isinstance(again, Request)
    assert fail(retry, error, again) is None
    assert (stopped(crawler) or "").startswith("unreachable: www.dawn.com")


@pytest.mark.parametrize(("answers_between", "ends"), [(False, True), (True, False)])
def test_six_timeouts_in_a_row_end_the_crawl(
    retry: RetryAfterMiddleware, crawler: Any, answers_between: bool, ends: bool
) -> None:
    for _ in range(5):
        fail(retry, DownloadTimeoutError(), request(retry_times=1))
    assert stopped(crawler) is None
    if answers_between:
        answer(retry, 404)
    fail(retry, DownloadTimeoutError(), request(retry_times=1))
    assert ((stopped(crawler) or "").startswith("unreachable: ")) == ends


def test_another_kind_of_failure_between_timeouts_shows_that_the_host_is_up(
    retry: RetryAfterMiddleware, crawler: Any
) -> None:
    for error in [DownloadTimeoutError()] * 5 + [DownloadFailedError("reset")] + [DownloadTimeoutError()] * 5:
        fail(retry, error, request(retry_times=1))
    assert stopped(crawler) is None


def test_a_site_whose_robots_txt_times_out_is_not_crawled(retry: RetryAfterMiddleware, crawler: Any) -> None:
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
        ChallengeMiddleware.from_crawler(crawler).process_response(request(), response(status, **challenge))

    with pytest.raises(RefusedError, match=f"answered {status} with a challenge page"):
        run(process())
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
        ChallengeMiddleware.from_crawler(crawler).process_response(request(role=role), response(status))

    if ends:
        with pytest.raises(RefusedError):
            run(process())
    else:
        run(process())
    assert (stopped(crawler) is not None) == ends


@pytest.mark.parametrize(
    "title", ["A moment of calm - Dawn", "Just a moment of calm - Dawn", "No access denied - Dawn"]
)
def test_a_headline_may_contain_the_words_of_a_challenge(crawler: Any, title: str) -> None:
    page = response(body=f"<html><head><title>{title} - Dawn</title><p>Just a moment...</p>")
    assert ChallengeMiddleware.from_crawler(crawler).process_response(request(), page) is page


@pytest.mark.parametrize(
    "evidence",
    [
        "<meta property='og:type' content='article'>",
        "<meta content='article' property='og:type'>",
        "<meta property='article:published_time' content='2016-01-22'>",
        '<script type=\'application/ld+json\'>{"@type": "NewsArticle"}</script>',
        " " * 30_000 + "<div itemprop='articleBody'>",
    ],
)
def test_a_story_may_have_the_headline_of_a_challenge_page(crawler: Any, evidence: str) -> None:
    page = response(body=f"<html><head><title>Access denied | Dawn</title>{evidence}")
    assert ChallengeMiddleware.from_crawler(crawler).process_response(request(), page) is page


@pytest.mark.parametrize(
    ("contact", "url", "allowed"),
    [
        ("desk@example.org", f"{SITE}/news/7", True),
        ("", f"{COPY}/news/7", True),
        ("", "http://localhost:9000/news/7", True),
        ("", "http://[::1]:9000/news/7", True),
        ("", f"{SITE}/news/7", False),
        ("", "http://127.0.0.1.example.org/news/7", False),
    ],
)
def test_a_live_site_is_not_crawled_without_a_contact_address(
    crawler: Any, waits: list[float], contact: str, url: str, allowed: bool
) -> None:
    crawler.settings.frozen = False
    crawler.settings.set("CONTACT", contact)

    async def process() -> None:
        ChallengeMiddleware.from_crawler(crawler).process_request(Request(url))

    if allowed:
        run(process())
    else:
        with pytest.raises(RefusedError, match="AKHBAR_CONTACT"):
            run(process())
    assert (stopped(crawler) is None) == allowed


def test_no_request_is_sent_after_the_crawl_was_stopped(crawler: Any, retry: RetryAfterMiddleware) -> None:
    with pytest.raises(RefusedError):
        answer(retry, 503, Retry_After="3600")
    with pytest.raises(RefusedError):
        answer(retry, 503, Retry_After="7200")
    assert "3600 s" in (stopped(crawler) or ""), "the first reason is kept"
    with pytest.raises(RefusedError, match="refused: "):
        ChallengeMiddleware.from_crawler(crawler).process_request(request())


# --- redirects ------------------------------------------------------------------------------------------------------


def followed(crawler: Any, page: Request, location: str) -> str:
    redirect = SamePageRedirectMiddleware.from_crawler(crawler)
    found = redirect.process_response(page, response(301, url=page.url, Location=location))
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
        ("/newspaper/sport/2016-01-22/", None, "/newspaper/sport/2016-01-22", f"{SITE}/newspaper/sport/2016-01-22"),
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
    page = request(path, story_id=story_id)
    with pytest.raises(MovedError, match="redirected to"):
        SamePageRedirectMiddleware.from_crawler(crawler).process_response(
            page, response(status, url=page.url, Location=location)
        )


def test_on_a_copy_of_the_site_a_redirect_to_its_own_name_stays_on_the_copy(crawler: Any) -> None:
    page = Request(f"{COPY}/news/7", meta={"story_id": "7"})
    assert followed(crawler, page, f"{SITE}/news/7/ferries") == f"{COPY}/news/7/ferries"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/news/7/خبر-نامہ".encode(), "/news/7/%D8%AE%D8%A8%D8%B1-%D9%86%D8%A7%D9%85%DB%81"),
        (b"/news/7/%D8%AE%D8%A8%D8%B1", "/news/7/%D8%AE%D8%A8%D8%B1"),
        ("/news/7/café".encode("latin-1"), "/news/7/caf%E9"),
        (b" /news/7/two words ", "/news/7/two%20words"),
        (b"//www.dawn.com/news/7/ferries", "/news/7/ferries"),
        (b"7/ferries", "/news/7/ferries"),
    ],
)
def test_a_redirect_is_followed_to_the_address_as_its_bytes_have_it(crawler: Any, location: bytes, target: str) -> None:
    page = Request(f"{SITE}/news/7", meta={"role": "story", "story_id": "7"})
    moved = Response(page.url, 301, {"Location": location})
    found = SamePageRedirectMiddleware.from_crawler(crawler).process_response(page, moved)
    assert found.url == SITE + target
