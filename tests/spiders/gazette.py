"""A newspaper without a platform, for tests of the general reader and of discovery."""

from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, Response, XmlResponse
from scrapy.utils.test import get_crawler

from akhbar.newspaper import Newspaper
from spiders.site import Site
from spiders.spider import NewspaperSpider
from tests.second_newspaper import GAZETTE
from tests.spiders.dawn import FETCHED_AT

HOME = GAZETTE.home_page
GENERAL = replace(
    GAZETTE,
    platform=None,
    story_url=None,
    edition=None,
    sitemaps=(),
    feeds=(),
    listings={},
    editorial_section="Leaders",
)
"""Its stories have paths as ids, and nothing else is declared."""


def site_of(**declared: Any) -> Site:
    return Site(replace(GENERAL, **declared), {"www.gazette.example", "gazette.example"}, FETCHED_AT)


def spider_of(paper: Newspaper = GENERAL, **arguments: str) -> NewspaperSpider:
    """A spider for a newspaper, by default for its latest stories."""

    class GazetteSpider(NewspaperSpider):
        name = paper.name
        newspaper = paper

    return GazetteSpider.from_crawler(get_crawler(GazetteSpider), **(arguments or {"mode": "latest"}))


def response(path: str, body: str, callback: Any = None, role: str = "listing", **cb_kwargs: Any) -> Response:
    """The response to a request of the spider."""
    request = Request(HOME + path, callback=callback, meta={"role": role}, cb_kwargs=cb_kwargs)
    kind = XmlResponse if body.startswith("<?xml") else HtmlResponse
    return kind(request.url, body=body.encode(), request=request, headers={"Content-Type": "text/html; charset=utf-8"})
