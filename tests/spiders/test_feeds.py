"""Feeds: an item that carries the whole story is stored from the feed; of every other one the page is fetched."""

from typing import Any

import pytest
from scrapy import Request
from scrapy.http import XmlResponse
from scrapy.utils.test import get_crawler

from akhbar.story import Story
from spiders.spider import DawnSpider

FEED = (
    '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>{title}</title>'
    "<link>{link}</link><pubDate>{when}</pubDate>{more}</item></channel></rss>"
)
LINE = "SUKKUR: The canal was reopened on Thursday after a month of repairs."
WHOLE = {
    "title": "Canal reopened",
    "link": "https://www.dawn.com/news/7/x",
    "when": "Fri, 22 Jan 2016 09:00:00 +0500",
    "more": "",
}


def encoded(*lines: str) -> str:
    return f"<content:encoded><![CDATA[{_paragraphs(lines)}]]></content:encoded>"


def described(*lines: str) -> str:
    return f"<description><![CDATA[{_paragraphs(lines)}]]></description>"


def _paragraphs(lines: tuple[str, ...]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read(**item: str) -> list[Any]:
    """What the spider makes of a feed of one item: the story, or the request for its page."""
    spider = DawnSpider.from_crawler(get_crawler(DawnSpider), mode="latest")
    spider.listings_left = 1
    url = "https://www.dawn.com/feeds/home"
    feed = FEED.format(**WHOLE | item).encode()
    return list(spider.parse_feed(XmlResponse(url, body=feed, request=Request(url, meta={"role": "feed"}))))


def story(**item: str) -> Story:
    [found] = read(**item)
    assert isinstance(found, Story)
    return found


@pytest.mark.parametrize(
    ("item", "carried"),
    [
        ({"more": encoded(LINE)}, True),
        ({"more": encoded("Watch the full report.")}, False),
        ({"more": encoded(LINE), "title": ""}, False),
        ({"more": encoded(LINE), "when": "soon"}, False),
    ],
)
def test_a_feed_item_that_cleaning_would_reject_saves_no_page(item: dict[str, str], carried: bool) -> None:
    assert [type(one) for one in read(**item)] == [Story if carried else Request]


@pytest.mark.parametrize(
    ("more", "carried"),
    [
        (encoded(LINE, "Boats passed again..."), False),
        (encoded(LINE, "Boats passed again…"), False),
        (encoded(LINE, "Boats passed … again."), True),
        (described(LINE, "Boats passed again..."), False),
        (described(LINE, "Boats passed again…"), False),
        (described(LINE, "Boats passed again."), True),
        (described(LINE), False),
        ("", False),
    ],
)
def test_the_page_is_fetched_where_a_feed_item_is_only_an_excerpt(more: str, carried: bool) -> None:
    assert [type(one) for one in read(more=more)] == [Story if carried else Request]
