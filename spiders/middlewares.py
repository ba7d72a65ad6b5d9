"""How to behave towards a newspaper's site: wait when asked to, stop when refused, stay on its host."""

import asyncio
import logging
import re
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, Self
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
        self.refused: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if self.refused is None and not self.crawler.settings["CONTACT"] and not _is_loopback(request.url):
            self._stop("AKHBAR_CONTACT is not set: name who runs this crawler, an address or a page")
        if self.refused:
            raise RefusedError(self.refused)

    def process_response(self, request: Request, response: Response) -> Response:
        host = urlsplit(request.url).netloc
        mitigated = (response.headers.get("cf-mitigated") or b"").decode("latin-1").lower()
        if mitigated == "challenge" or self.TITLE.search(response.body[:20_000]):
            self._stop(f"the newspaper refused: {host} answered {response.status} with a challenge page")
            raise RefusedError(self.refused)
        if response.status == 403 and request.meta.get("role") in ("listing", "feed", "sitemap"):
            self._stop(f"the newspaper refused: {host} answered 403 to {urlsplit(request.url).path}")
            raise RefusedError(self.refused)
        return response

    def _stop(self, reason: str) -> None:
        self.refused = reason
        stop_crawl(self.crawler, f"refused: {reason}")


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

    silences = 0

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        self.silences = 0
        again = super().process_response(request, response)
        if not isinstance(again, Request):
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
        return again if isinstance(again, Request) else None

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


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
