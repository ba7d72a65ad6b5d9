"""How to behave towards a newspaper's site: wait when asked to, stop when refused, stay on its host."""

import asyncio
import logging
import re
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, NoReturn, Self
from urllib.parse import urljoin, urlsplit

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

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_WAIT = 600.0
"""Seconds: who asks for more is obeyed by stopping; the task is run again later."""


NOT_KNOWN = "could not be had, so that nobody knows what may be read"
"""Without its robots.txt a site is closed, unless it answers that it has none: RFC 9309, 2.3.1.4."""


class RefusedError(IgnoreRequest):
    """The newspaper does not want to be read by us now: a challenge page, or a wait longer than a run may last."""


class MovedError(IgnoreRequest):
    """A story's page leads to another place: a sister site, a live blog, another story."""


class StopWhenRefused:
    """Stops the crawl at the first challenge page, whatever its status, or 403 for a listing; stores nothing of it.

    Cloudflare's pages are known by the header `cf-mitigated: challenge` and by their titles. The project never tries
    to get around one.
    """

    TITLE = re.compile(rb"<title>\s*(?:Just a moment\.\.\.|Attention Required!|Access denied)", re.IGNORECASE)

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if stopped := self.crawler.stats.get_value("akhbar/stopped"):
            raise RefusedError(stopped)  # what was asked for before the crawl was stopped, and did not go out yet
        if not self.crawler.settings["CONTACT"] and not _is_loopback(request.url):
            reason = "AKHBAR_CONTACT is not set: name who runs this crawler, an address or a page"
            stop_crawl(self.crawler, f"refused: {reason}")
            raise RefusedError(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        host = urlsplit(request.url).netloc
        mitigated = (response.headers.get("cf-mitigated") or b"").decode("latin-1").lower()
        if mitigated == "challenge" or self.TITLE.search(response.body[:20_000]):
            self._refuse(f"{host} answered {response.status} with a challenge page")
        if response.status == 403 and request.meta.get("role") in ("listing", "feed", "sitemap"):
            self._refuse(f"{host} answered 403 to {urlsplit(request.url).path}")
        return response

    def _refuse(self, how: str) -> NoReturn:
        stop_crawl(self.crawler, f"refused: the newspaper refused: {how}")
        raise RefusedError(f"the newspaper refused: {how}")


class PatientRetry(RetryMiddleware):
    """Scrapy's retries, with a wait before each: as long as `Retry-After` says, else twice as long as the last time.

    Nothing else is asked of the host meanwhile, since CONCURRENT_REQUESTS is 1. Retry-After: RFC 9110, 10.2.3.
    A host that cannot be reached, or that says nothing several times in a row, ends the crawl: it would fail the same
    way for every page.
    """

    TRIES: ClassVar[defaultdict[type[Exception], int]] = defaultdict(lambda: 2, {DownloadTimeoutError: 1})
    """How often a page is tried again after a failure without an answer; a page that stalls costs the time-out each."""

    SILENCES = 6
    """Time-outs in a row, without an answer between, that are one of the whole host: three pages, each asked twice."""

    REFUSALS = 3
    """Pages in a row that were answered 429 or 503 to the last try: the host wants to be left alone."""

    silences = refusals = 0

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        self.silences = 0
        again = super().process_response(request, response)
        if not isinstance(again, Request):
            self._stop_if_unwanted(request, response)
            return response
        wait = retry_after(response)
        if wait is None:
            wait = (0.5 + 5 * self._delay(request)) * 2 ** request.meta.get("retry_times", 0)
        if wait > LONGEST_WAIT:
            reason = f"answered {response.status} and asks to be left alone for {wait:.0f} s"
            stop_crawl(self.crawler, f"refused: the newspaper refused: {reason}")
            raise RefusedError(reason)
        logger.warning("%s answered %d: waiting %.0f s as the host asks", request.url, response.status, wait)
        await asyncio.sleep(wait)
        return again

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        tries = request.meta.get("retry_times", 0) + 1
        self.silences = self.silences + 1 if isinstance(exception, DownloadTimeoutError) else 0
        unreachable = isinstance(exception, CannotResolveHostError | DownloadConnectionRefusedError)
        if (tries > 1 and unreachable) or self.silences >= self.SILENCES:
            host = urlsplit(request.url).netloc
            stop_crawl(self.crawler, f"unreachable: {host} cannot be reached ({type(exception).__name__}: {exception})")
            return None
        again = super().process_exception(request, exception) if tries <= self.TRIES[type(exception)] else None
        if isinstance(again, Request):
            await asyncio.sleep((0.5 + self._delay(request)) * 2 ** (tries - 1))
            return again
        if _is_robots(request):
            stop_crawl(self.crawler, f"unreachable: {request.url} {NOT_KNOWN} ({type(exception).__name__})")
        return None

    def _stop_if_unwanted(self, request: Request, response: Response) -> None:
        """Ends the crawl where a page that is not tried again shows that no other should be asked for either."""
        if _is_robots(request) and response.status >= 500:
            stop_crawl(self.crawler, f"unreachable: {request.url} {NOT_KNOWN} (answered {response.status})")
        self.refusals = self.refusals + 1 if response.status in (429, 503) else 0
        if self.refusals == self.REFUSALS:
            reason = f"answered {response.status} to {self.REFUSALS} pages in a row, however long they were waited for"
            stop_crawl(self.crawler, f"refused: the newspaper refused: {urlsplit(request.url).netloc} {reason}")

    def _delay(self, request: Request) -> float:
        slot = self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(urlsplit(request.url).hostname or "", {})
        return float(slot.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")))


class OwnPageRedirect(RedirectMiddleware):
    """Follows a redirect only within the newspaper's site and only to the same page: a slash, a slug, a date more.

    Where a copy of the site is read, a redirect to the site's own name is followed on the copy.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        location = response.headers.get("Location")
        if location and response.status in (301, 302, 303, 307, 308):
            target = urljoin(request.url, location.decode("latin-1"))
            if not self._is_same_page(request, target):
                raise MovedError(f"redirected to {target}")
            here = urlsplit(request.url)
            target = urlsplit(target)._replace(scheme=here.scheme, netloc=here.netloc).geturl()
            if target != request.url:  # else it is to another scheme or name of the same address, as the site has it
                response.headers["Location"] = target
        followed: Request | Response = super().process_response(request, response)
        return followed

    def _is_same_page(self, request: Request, target: str) -> bool:
        parts = urlsplit(target)
        if parts.netloc not in getattr(self.crawler.spider, "hosts", ()):
            return False
        story_id = request.meta.get("story_id")
        if story_id:
            return bool(re.search(rf"/news/{re.escape(story_id)}(?:/|$)", parts.path))
        return parts.path.startswith(urlsplit(request.url).path.rstrip("/"))


def retry_after(response: Response) -> float | None:
    """Seconds that a response asks to wait, from a number or an HTTP date; None where it asks for nothing."""
    said = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if said.isdecimal():  # and not isdigit, which takes a "²"
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def stop_crawl(crawler: Crawler, reason: str) -> None:
    """Ends the crawl after the pages under way; `reason` becomes its finish reason."""
    if crawler.engine and crawler.engine.spider and not crawler.stats.get_value("akhbar/stopped"):
        crawler.stats.set_value("akhbar/stopped", reason)
        logger.error(reason)
        asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))  # noqa: RUF006 - the engine awaits it


def _is_robots(request: Request) -> bool:
    """Whether Scrapy itself asks, for robots.txt."""
    return bool(request.meta.get("dont_obey_robotstxt"))


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
