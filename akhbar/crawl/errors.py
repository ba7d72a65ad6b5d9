"""Handles exceptions in the spider's callbacks."""

import logging
from typing import Any, Self, cast

from scrapy.crawler import Crawler
from scrapy.http import Response

from akhbar.crawl.spider import NewspaperSpider

logger = logging.getLogger(__name__)


class CallbackErrorMiddleware:
    """Spider middleware: if a callback raises an exception, records the page as failed and continues."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Any]:
        spider = cast(NewspaperSpider, self.crawler.spider)
        is_bug = not isinstance(exception, OSError)  # a full disk needs no traceback
        logger.error("reading %s failed", response.url, exc_info=exception if is_bug else None)
        return list(spider.broken(response, f"the spider could not read it: {type(exception).__name__}: {exception}"))
