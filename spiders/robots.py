"""robots.txt according to RFC 9309: what the site allows, and when it counts as closed."""

import logging
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.internet.defer import Deferred

from spiders.encoding import decode
from spiders.politeness import ROBOTS_UNREACHABLE, stop_crawl
from spiders.xml import UnreadableXMLError, unpack

logger = logging.getLogger(__name__)


class Closed(RobotParser):
    """The rules of a site from which nothing may be fetched."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        return cls()

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:
        return False


class RobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt. If robots.txt cannot be fetched, Scrapy's own middleware assumes that there are no rules.

    - Up to five redirects are followed, on the newspaper's hosts (2.3.1.2): see `SamePageRedirectMiddleware`.
    - A 4xx status means that there are no rules (2.3.1.3), except 429, which asks the crawler to come back later.
    - Any other unsuccessful response closes the site (2.3.1.4), and so does a redirect that cannot be followed.
    - Invalid lines are ignored (2.2), so an HTML page in place of robots.txt has no rules. The text may be compressed
      or in UTF-16, whatever the headers say.
    """

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if 400 <= response.status < 500 and response.status != 429:
            response = response.replace(body=b"")
        elif not 200 <= response.status < 300:
            self._close(f"answered {response.status}", netloc)
            return
        try:
            text = robots_text(response.body, (response.headers.get("Content-Type") or b"").decode("latin-1"))
        except UnreadableXMLError as error:
            self._close(str(error), netloc)
            return
        await super()._parse_robots(response.replace(body=text.encode()), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._close(str(exc) if isinstance(exc, IgnoreRequest) else f"{type(exc).__name__}: {exc}", netloc)

    def _close(self, reason: str, netloc: str) -> None:
        stop_crawl(self.crawler, f"unreachable: robots.txt of {netloc} {ROBOTS_UNREACHABLE} ({reason})")
        waiting, closed = self._parsers[netloc], Closed()
        self._parsers[netloc] = closed
        if isinstance(waiting, Deferred):
            waiting.callback(closed)


def robots_text(body: bytes, content_type: str) -> str:
    """The text of a robots.txt. Raises `UnreadableXMLError` if it is compressed and cannot be decompressed.

    >>> robots_text("Disallow: /news/".encode("utf-16-le"), "text/plain")
    'Disallow: /news/'
    """
    body = unpack(body)
    if b"\x00" in body[:2]:  # UTF-16 without a byte order mark: the first character is ASCII
        return body.decode("utf-16-le" if body[1:2] == b"\x00" else "utf-16-be", "replace")
    return decode(body, content_type).removeprefix("\ufeff")
