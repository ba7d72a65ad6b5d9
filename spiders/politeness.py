"""Downloader middlewares that keep a crawl polite: wait when asked to, stop when blocked, stay on the site."""

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

from akhbar.newspaper import Newspaper

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_WAIT = 600.0
"""Seconds. A host that asks for a longer wait ends the crawl; the task runs again later."""

ROBOTS_UNREACHABLE = "could not be fetched, so the site is treated as closed"
"""A site whose robots.txt cannot be fetched is closed, unless it answers that it has none: RFC 9309, 2.3.1.4."""


BLOCKED = "blocked by the site"


class RefusedError(IgnoreRequest):
    """The site blocks the crawl: a challenge page, or a wait longer than a run may last."""


class MovedError(IgnoreRequest):
    """A story's page redirects elsewhere: to a sister site, a live blog or another story."""


class ChallengeMiddleware:
    """Stops the crawl at the first challenge page, whatever its status, or 403 for a listing, and stores nothing of it.

    Cloudflare's challenge pages have the header `cf-mitigated: challenge`, or a well-known title and no article. This
    project never tries to get around one.
    """

    TITLE = re.compile(
        rb"<title>\s*(?:Just a moment\.\.\.|Attention Required!(?: \| Cloudflare)?|Access denied(?: \|[^<]*)?)"
        rb"\s*</title>",
        re.IGNORECASE,
    )
    ARTICLE = re.compile(rb"article:published_time|NewsArticle|og:type[\"'][^>]{0,40}[\"']article", re.IGNORECASE)
    """What only a story's page says. A story can have any headline."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if stopped := self.crawler.stats.get_value("akhbar/stopped"):
            raise RefusedError(stopped)  # requests that were still queued when the crawl was stopped
        if not self.crawler.settings["CONTACT"] and not _is_loopback(request.url):
            reason = "AKHBAR_CONTACT is not set: set it to a contact address, which crawling the live site requires"
            stop_crawl(self.crawler, f"refused: {reason}")
            raise RefusedError(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        host = urlsplit(request.url).netloc
        mitigated = (response.headers.get("cf-mitigated") or b"").decode("latin-1").lower()
        if mitigated == "challenge" or self._looks_like_a_challenge(response.body[:20_000]):
            self._refuse(f"{host} answered {response.status} with a challenge page")
        if response.status == 403 and request.meta.get("role") in ("listing", "feed", "sitemap"):
            self._refuse(f"{host} answered 403 to {urlsplit(request.url).path}")
        return response

    def _looks_like_a_challenge(self, head: bytes) -> bool:
        return bool(self.TITLE.search(head)) and not self.ARTICLE.search(head)

    def _refuse(self, how: str) -> NoReturn:
        stop_crawl(self.crawler, f"refused: {BLOCKED}: {how}")
        raise RefusedError(f"{BLOCKED}: {how}")


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, with a wait before each: as long as `Retry-After` says, else twice as long as the last time.

    Nothing else is fetched from the host meanwhile, since CONCURRENT_REQUESTS is 1. Retry-After: RFC 9110, 10.2.3.
    A host that cannot be reached, or that times out several times in a row, ends the crawl: every page would fail the
    same way.
    """

    TRIES: ClassVar[defaultdict[type[Exception], int]] = defaultdict(lambda: 2, {DownloadTimeoutError: 1})
    """Retries after a failure without a response. A page that stalls costs the whole timeout each time."""

    MOST_TIMEOUTS = 6
    """Timeouts in a row after which the host counts as unreachable: three pages, each tried twice."""

    MOST_THROTTLED = 3
    """Pages in a row that answer 429 or 503 to their last try, after which the crawl ends as blocked."""

    timeouts = throttled = 0

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        self.timeouts = 0
        again = super().process_response(request, response)
        if not isinstance(again, Request):
            self._stop_if_blocked(request, response)
            return response
        wait = retry_after(response)
        if wait is None:
            wait = (0.5 + 5 * self._delay(request)) * 2 ** request.meta.get("retry_times", 0)
        if wait > LONGEST_WAIT:
            reason = f"answered {response.status} and asks us to wait {wait:.0f} s"
            stop_crawl(self.crawler, f"refused: {BLOCKED}: {reason}")
            raise RefusedError(reason)
        logger.warning("%s answered %d: retrying in %.0f s", request.url, response.status, wait)
        await asyncio.sleep(wait)
        return again

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
        """Ends the crawl if a page that is not retried shows that no other page should be fetched either."""
        if _is_robots(request) and response.status >= 500:
            stop_crawl(self.crawler, f"unreachable: {request.url} {ROBOTS_UNREACHABLE} (answered {response.status})")
        self.throttled = self.throttled + 1 if response.status in (429, 503) else 0
        if self.throttled == self.MOST_THROTTLED:
            reason = f"answered {response.status} to {self.MOST_THROTTLED} pages in a row, after all retries"
            stop_crawl(self.crawler, f"refused: {BLOCKED}: {urlsplit(request.url).netloc} {reason}")

    def _delay(self, request: Request) -> float:
        slot = self.crawler.settings.getdict("DOWNLOAD_SLOTS").get(urlsplit(request.url).hostname or "", {})
        return float(slot.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")))


class SamePageRedirectMiddleware(RedirectMiddleware):
    """Follows a redirect only within the newspaper's site, and only to the same page: with a slash, slug or date added.

    When a copy of the site is read, a redirect to the site's own name is followed on the copy.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        location = response.headers.get("Location")
        if location and response.status in (301, 302, 303, 307, 308):
            target = urljoin(request.url, location.decode("latin-1"))
            if not self._is_same_page(request, target):
                raise MovedError(f"redirected to {target}")
            here = urlsplit(request.url)
            target = urlsplit(target)._replace(scheme=here.scheme, netloc=here.netloc).geturl()
            if target != request.url:  # else only the scheme or host differs, as on the live site
                response.headers["Location"] = target
        followed: Request | Response = super().process_response(request, response)
        return followed

    def _is_same_page(self, request: Request, target: str) -> bool:
        spider = self.crawler.spider
        parts = urlsplit(target)
        if parts.netloc not in getattr(spider, "hosts", ()):
            return False
        story_id = request.meta.get("story_id")
        if story_id:
            paper: Newspaper = spider.newspaper  # type: ignore[union-attr]
            return bool(paper.story_id(parts.path) == story_id)
        return parts.path.startswith(urlsplit(request.url).path.rstrip("/"))


def retry_after(response: Response) -> float | None:
    """Seconds to wait by the `Retry-After` header, a number or an HTTP date; None without a usable one."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdecimal():  # and not isdigit, which takes a "²"
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def stop_crawl(crawler: Crawler, reason: str) -> None:
    """Ends the crawl after the pages in progress; `reason` becomes its finish reason."""
    if crawler.engine and crawler.engine.spider and not crawler.stats.get_value("akhbar/stopped"):
        crawler.stats.set_value("akhbar/stopped", reason)
        logger.error(reason)
        asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))  # noqa: RUF006 - the engine awaits it


def _is_robots(request: Request) -> bool:
    """Whether this is Scrapy's own request for robots.txt."""
    return bool(request.meta.get("dont_obey_robotstxt"))


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK
