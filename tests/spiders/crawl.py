"""A spider without a crawl: tests call its callbacks with their own pages."""

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, XmlResponse
from scrapy.utils.test import get_crawler

from akhbar.story import Story, page_done
from spiders.spider import NewspaperSpider
from tests.spiders.dawn import DawnSpider

SITE = "https://www.dawn.com"


def spider(settings: dict[str, Any] | None = None, /, **arguments: str) -> NewspaperSpider:
    return DawnSpider.from_crawler(get_crawler(DawnSpider, settings), **arguments)


def listing_page(path: str, body: str) -> HtmlResponse:
    request = Request(SITE + path, meta={"role": "listing"})
    return HtmlResponse(request.url, body=f"<html><body>{body}</body></html>".encode(), request=request)


def story_page(number: str, html: str, **headers: str) -> HtmlResponse:
    request = Request(f"{SITE}/news/{number}", meta={"role": "story", "story_id": number})
    return HtmlResponse(request.url, body=html.encode(), headers=headers, request=request)


def feed(path: str, xml: str) -> XmlResponse:
    request = Request(SITE + path, meta={"role": "feed"})
    return XmlResponse(request.url, body=xml.encode(), request=request)


def stories(found: Iterator[Any]) -> list[Story]:
    return [one for one in found if isinstance(one, Story)]


def requests(found: Iterator[Any]) -> list[str]:
    """The ids of the stories whose pages are requested, in order."""
    return [one.meta["story_id"] for one in found if isinstance(one, Request)]


def outcomes(reader: NewspaperSpider) -> list[tuple[str, str, str | None]]:
    """The path, outcome and reason of each page; the list grows as the spider reports them."""
    seen: list[tuple[str, str, str | None]] = []

    def add(url: str, outcome: str, reason: str | None) -> None:
        seen.append((url.removeprefix(SITE), outcome, reason))

    reader.crawler.signals.connect(add, signal=page_done, weak=False)
    return seen
