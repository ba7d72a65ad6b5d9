"""Errors in a spider's callbacks: the page counts as failed, and the crawl continues."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Response

from akhbar.crawl.errors import CallbackErrorMiddleware

RESPONSE = HtmlResponse("https://www.dawn.com/news/1")


class Spider:
    def broken(self, response: Response, reason: str) -> Iterator[Any]:
        yield response.url, reason


@pytest.fixture
def middleware() -> CallbackErrorMiddleware:
    return CallbackErrorMiddleware.from_crawler(SimpleNamespace(spider=Spider()))  # type: ignore[arg-type]


def test_the_page_is_recorded_as_failed_with_the_reason(middleware: CallbackErrorMiddleware) -> None:
    followed = middleware.process_spider_exception(RESPONSE, ValueError("no such layout"))
    assert followed == [(RESPONSE.url, "the spider could not read it: ValueError: no such layout")]


@pytest.mark.parametrize(("error", "has_traceback"), [(ValueError("a bug"), True), (OSError(28, "disk full"), False)])
def test_a_traceback_is_logged_for_a_bug_and_not_for_a_full_disk(
    middleware: CallbackErrorMiddleware, caplog: pytest.LogCaptureFixture, error: Exception, has_traceback: bool
) -> None:
    middleware.process_spider_exception(RESPONSE, error)
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, f"reading {RESPONSE.url} failed")
    assert bool(record.exc_info and record.exc_info[0]) is has_traceback
