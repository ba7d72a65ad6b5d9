"""Downloader middlewares that keep a crawl polite: they wait when asked to, stop when blocked, and stay on the site."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, NoReturn, Self
from urllib.parse import quote, urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response

from akhbar.newspaper import Newspaper
from spiders.challenge import is_challenge

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_WAIT = 600.0
"""Seconds. If a host asks for a longer wait, the crawl ends; the task runs again later."""

ROBOTS_UNREACHABLE = "could not be fetched, so the site is treated as closed"
"""A site whose robots.txt cannot be fetched is treated as closed, unless the response says that there is none: RFC
9309, 2.3.1.4."""


BLOCKED = "blocked by the site"


PAGES_REFUSED = "akhbar/pages_refused"
"""Statistic: why pages are no longer requested, although feeds are."""


class RefusedError(IgnoreRequest):
    """The site blocks the crawl: a challenge page, or a wait longer than a run may last."""


class NotSentError(RefusedError):
    """The request was not sent, because the site has blocked pages."""


class MovedError(IgnoreRequest):
    """A story's page redirects elsewhere: to a sister site, a live blog or another story."""


class ChallengeMiddleware:
    """Detects that the site blocks the crawl, and discards such responses.

    Signs are a challenge page, whatever its status, 403 for a listing, feed or sitemap, and 403 for several stories in
    a row. The crawler never tries to bypass a challenge. See `refuse` for what is still fetched.
    """

    MOST_FORBIDDEN = 3
    """Number of stories in a row answered with 403 after which pages count as blocked."""

    forbidden = 0

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if stopped := self.crawler.stats.get_value("akhbar/stopped"):
            raise RefusedError(stopped)  # the request was still queued when the crawl was stopped
        if _is_page(request) and (refused := self.crawler.stats.get_value(PAGES_REFUSED)):
            raise NotSentError(f"{BLOCKED}: {refused}")
        if not self.crawler.settings["CONTACT"] and not _is_loopback(request.url):
            reason = "AKHBAR_CONTACT is not set: set it to a contact address, which crawling the live site requires"
            stop_crawl(self.crawler, f"refused: {reason}")
            raise RefusedError(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        host = urlsplit(request.url).netloc
        mitigated = (response.headers.get("cf-mitigated") or b"").decode("latin-1")
        if is_challenge(response.body, mitigated):
            self._refuse(request, f"{host} answered {response.status} with a challenge page")
        role = request.meta.get("role")
        if role == "story":
            self.forbidden = self.forbidden + 1 if response.status == 403 else 0
        if response.status == 403 and (role in ("listing", "feed", "sitemap") or self.forbidden == self.MOST_FORBIDDEN):
            self._refuse(request, f"{host} answered 403 to {urlsplit(request.url).path}")
        return response

    def _refuse(self, request: Request, how: str) -> NoReturn:
        refuse(self.crawler, request, how)
        raise RefusedError(f"{BLOCKED}: {how}")


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, with a wait before each: as long as `Retry-After` says, otherwise exponential backoff.

    Nothing else is fetched from the host during a wait, since CONCURRENT_REQUESTS is 1. Retry-After: RFC 9110, 10.2.3.
    If a host cannot be reached, or times out several times in a row, the crawl ends: every page would fail the same
    way.

    A host that answers 429 without `Retry-After` limits the number of requests over a period, whatever the delay. The
    pause between two requests then doubles with each such response, up to `SLOWEST` times the configured delay, and
    every other response shortens it again. The statistics `akhbar/throttled` and `akhbar/throttled_seconds` count those
    responses and the time spent waiting because of them.
    """

    TRIES: ClassVar[defaultdict[type[Exception], int]] = defaultdict(lambda: 2, {DownloadTimeoutError: 1})
    """Retries after a failure without a response. A page that stalls takes the whole timeout each time."""

    MOST_TIMEOUTS = 6
    """Number of timeouts in a row after which the host counts as unreachable: three pages, each tried twice."""

    MOST_THROTTLED = 3
    """Number of pages in a row whose last try is answered with 429 or 503 after which the crawl ends as blocked."""

    THROTTLED_RETRIES = 16
    """Retries after 429. On a host that answers 429 to 45 % of all requests, one page in 800,000 fails all of them.
    After a page has used them all up, the next page gets only the ordinary number of retries, since the host may be
    answering nothing but 429."""

    SLOWEST, SPEED_UP = 60, 4
    """The longest pause, as a multiple of the configured delay, and the divisor for each response other than 429."""

    LEAST_DELAY = 0.002
    """Seconds, used instead of a configured delay of 0, for copies of the site on this machine."""

    timeouts = throttled = 0
    pause = 0.0
    """Seconds between two requests while the host throttles the crawl, otherwise 0."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        self.timeouts = 0
        is_throttled = response.status == 429 or (response.status == 503 and retry_after(response) is not None)
        self.crawler.stats.inc_value("akhbar/throttled", int(is_throttled))
        request.meta["max_retry_times"] = self._most_retries(request, response)
        again = super().process_response(request, response)
        if not isinstance(again, Request):
            self._stop_if_blocked(request, response)
            await self._speed_up(request, response)
            return response
        wait = self._wait(request, response)
        if wait > LONGEST_WAIT:
            reason = f"answered {response.status} and asks us to wait {wait:.0f} s"
            refuse(self.crawler, request, reason)
            raise RefusedError(reason)
        if response.status == 429:
            again.meta["throttled"] = request.meta.get("throttled", 0) + 1
        logger.warning("%s answered %d: retrying in %.3g s", request.url, response.status, wait)
        if is_throttled:
            self._count_wait(wait)
        await asyncio.sleep(wait)
        return again

    def _most_retries(self, request: Request, response: Response) -> int:
        """How often a page may be retried in total, given its latest response."""
        if response.status == 429:
            return self.THROTTLED_RETRIES if self.throttled == 0 else int(self.max_retry_times)
        return int(self.max_retry_times) + int(request.meta.get("throttled", 0))

    def _wait(self, request: Request, response: Response) -> float:
        """Seconds until a page is retried."""
        said = retry_after(response)
        if said is not None:
            return said
        delay = self._delay(request)
        if response.status == 429:
            delay = max(delay, self.LEAST_DELAY)
            self.pause = min(2 * max(self.pause, delay), self.SLOWEST * delay)
            return self.pause
        other_retries = request.meta.get("retry_times", 0) - request.meta.get("throttled", 0)
        return float((0.5 + 5 * delay) * 2**other_retries)

    async def _speed_up(self, request: Request, response: Response) -> None:
        """After a response other than 429: shortens the pause between requests, and waits for the rest of it."""
        delay = self._delay(request)
        if response.status != 429 and self.pause:
            self.pause = self.pause / self.SPEED_UP
            if self.pause <= max(delay, self.LEAST_DELAY):
                self.pause = 0.0
            wait = max(0.0, self.pause - delay)
            self._count_wait(wait)
            await asyncio.sleep(wait)

    def _count_wait(self, seconds: float) -> None:
        so_far = self.crawler.stats.get_value("akhbar/throttled_seconds", 0.0)
        self.crawler.stats.set_value("akhbar/throttled_seconds", so_far + seconds)

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        tries = request.meta.get("retry_times", 0) + 1
        self.timeouts = self.timeouts + 1 if isinstance(exception, DownloadTimeoutError) else 0
        unreachable = isinstance(exception, CannotResolveHostError | DownloadConnectionRefusedError)
        if (tries > 1 and unreachable) or self.timeouts >= self.MOST_TIMEOUTS:
            host = urlsplit(request.url).netloc
            stop_crawl(self.crawler, f"unreachable: {host} cannot be reached ({type(exception).__name__}: {exception})")
            return None
        again = super().process_exception(request, exception) if tries <= self.TRIES[type(exception)] else None
        if isinstance(again, Request):
            await asyncio.sleep((0.5 + self._delay(request)) * 2 ** (tries - 1))
            return again
        if _is_robots(request):
            stop_crawl(self.crawler, f"unreachable: {request.url} {ROBOTS_UNREACHABLE} ({type(exception).__name__})")
        return None

    def _stop_if_blocked(self, request: Request, response: Response) -> None:
        """Ends the crawl if this response, which is not retried, shows that no other page should be fetched."""
        if _is_robots(request) and (response.status >= 500 or response.status == 429):
            stop_crawl(self.crawler, f"unreachable: {request.url} {ROBOTS_UNREACHABLE} (answered {response.status})")
        self.throttled = self.throttled + 1 if response.status in (429, 503) else 0
        if self.throttled == self.MOST_THROTTLED:
            reason = f"answered {response.status} to {self.MOST_THROTTLED} pages in a row, after all retries"
            refuse(self.crawler, request, f"{urlsplit(request.url).netloc} {reason}")

    def _delay(self, request: Request) -> float:
        slot = self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(urlsplit(request.url).hostname or "", {})
        return float(slot.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")))


class SamePageRedirectMiddleware(RedirectMiddleware):
    """Follows a redirect only within the newspaper's site, and only to the same page, with a slash, slug or date added.

    When a copy of the site is crawled, a redirect to the site's own host is followed on the copy. A redirect of
    robots.txt is followed to any page of the site (RFC 9309, 2.3.1.2).
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        location = response.headers.get("Location")
        if location and response.status in (301, 302, 303, 307, 308):
            target = urljoin(request.url, ascii_address(location))
            response.headers["Location"] = target
            if _is_robots(request) and urlsplit(target).netloc.lower() not in self._hosts:
                raise MovedError(f"redirected to another host, {target}")
            if not _is_robots(request) and not self._is_same_page(request, target):
                raise MovedError(f"redirected to {target}")
            here, there = urlsplit(request.url), urlsplit(target)
            on_copy = there._replace(scheme=here.scheme, netloc=here.netloc).geturl()
            if there.netloc.lower() in self._hosts and on_copy != request.url:  # else only the scheme or host differs
                response.headers["Location"] = on_copy
        followed: Request | Response = super().process_response(request, response)
        return followed

    @property
    def _hosts(self) -> Collection[str]:
        hosts: Collection[str] = getattr(self.crawler.spider, "hosts", ())
        return hosts

    def _is_same_page(self, request: Request, target: str) -> bool:
        spider = self.crawler.spider
        parts = urlsplit(target)
        if parts.netloc.lower() not in self._hosts:
            return False
        story_id = request.meta.get("story_id")
        if story_id:
            paper: Newspaper = spider.newspaper  # type: ignore[union-attr]
            return bool(paper.story_id(parts.path) == story_id)
        return parts.path.startswith(urlsplit(request.url).path.rstrip("/"))


def ascii_address(location: bytes) -> str:
    """The URL in a `Location` header, with non-ASCII bytes and spaces percent-encoded.

    >>> ascii_address(" /news/7/café a%20b ".encode())
    '/news/7/caf%C3%A9%20a%20b'
    """
    return quote(b"".join(location.strip().split(b"\t")), safe="!#$%&'()*+,/:;=?@[]~")


def retry_after(response: Response) -> float | None:
    """Seconds to wait according to the `Retry-After` header, a number or an HTTP date; None if it is not usable."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdecimal():  # not isdigit, which accepts "²"
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def refuse(crawler: Crawler, request: Request, how: str) -> None:
    """Handles a request that the site blocks; `how` describes the response.

    If the crawl reads feeds, a blocked page stops only the fetching of pages: the remaining feeds and sitemaps are
    still read. Otherwise the crawl ends.
    """
    if _is_page(request) and getattr(crawler.spider, "reads_feeds", False):
        if not crawler.stats.get_value(PAGES_REFUSED):
            crawler.stats.set_value(PAGES_REFUSED, how)
            logger.error("%s: pages: %s", BLOCKED, how)
    else:
        stop_crawl(crawler, f"refused: {BLOCKED}: {how}")


def stop_crawl(crawler: Crawler, reason: str) -> None:
    """Ends the crawl after the pages in progress; `reason` becomes its finish reason."""
    if crawler.engine and crawler.engine.spider and not crawler.stats.get_value("akhbar/stopped"):
        crawler.stats.set_value("akhbar/stopped", reason)
        logger.error(reason)
        asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))  # noqa: RUF006 - the engine awaits it


def _is_page(request: Request) -> bool:
    """Whether this is the request for an HTML page: a listing, the home page or a story."""
    return request.meta.get("role") in ("listing", "story")


def _is_robots(request: Request) -> bool:
    """Whether this is Scrapy's own request for robots.txt."""
    return bool(request.meta.get("dont_obey_robotstxt"))


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
