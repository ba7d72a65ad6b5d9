"""Feeds: an item that carries the whole story is stored from the feed; for any other, its page is fetched."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from scrapy import Request

from akhbar.story import Story
from tests.spiders.crawl import feed, outcomes, spider

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
    """What the spider yields for a feed of one item: the story, or the request for its page."""
    reader = spider(mode="latest")
    reader.listings_left = 1
    return list(reader.parse_feed(feed("/feeds/home", FEED.format(**WHOLE | item))))


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
def test_the_page_is_fetched_if_the_clean_step_would_reject_the_feed_item(item: dict[str, str], carried: bool) -> None:
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
def test_the_page_is_fetched_if_a_feed_item_is_only_an_excerpt(more: str, carried: bool) -> None:
    assert [type(one) for one in read(more=more)] == [Story if carried else Request]


def test_a_story_from_a_feed_has_the_fields_of_its_item() -> None:
    found = story(
        title=" Canal reopened\n",
        more="<category>Pakistan</category><dc:creator>Sana Mirza</dc:creator><dc:creator> </dc:creator>"
        "<dc:creator>Omar Rind</dc:creator><media:thumbnail url='https://i.dawn.com/7.jpg'/>"
        + described("Boats pass.")
        + encoded(LINE, "Boats passed again.", "Published in Dawn, January 22nd, 2016"),
    )
    assert found.title == "Canal reopened"
    assert found.body == f"{LINE}\n\nBoats passed again."
    assert found.excerpt == "Boats pass."
    assert found.authors == ["Sana Mirza", "Omar Rind"]
    assert (found.section, found.kind) == ("Pakistan", "article")
    assert (found.published_at, found.edition_date) == ("2016-01-22T09:00:00+05:00", "2016-01-22")
    assert (found.image_url, found.extracted_by) == ("https://i.dawn.com/7.jpg", "feed")


def test_a_body_in_the_description_is_not_also_the_excerpt() -> None:
    assert story(more=described(LINE, "Boats passed again.")).excerpt is None


@pytest.mark.parametrize(
    ("category", "section", "kind"),
    [
        ("Sport", "Sport", "article"),
        ("Newspaper", None, "article"),
        ("Editorial", "Editorial", "editorial"),
        ("editorials", "editorials", "editorial"),
        ("", None, "article"),
    ],
)
def test_the_category_of_an_item_is_its_section(category: str, section: str | None, kind: str) -> None:
    found = story(more=f"<category> {category} </category>{encoded(LINE)}")
    assert (found.section, found.kind) == (section, kind)


def test_an_item_without_a_link_is_identified_by_its_guid() -> None:
    assert story(link="", more=f"<guid>https://www.dawn.com/news/7</guid>{encoded(LINE)}").story_id == "7"


def test_an_item_of_a_sister_site_is_not_a_story() -> None:
    assert read(link="https://images.dawn.com/news/7", more=encoded(LINE)) == []


def test_a_story_that_two_feeds_carry_is_stored_once() -> None:
    reader = spider(mode="latest")
    item = FEED.format(**WHOLE | {"more": encoded(LINE)})
    found = [one for path in ("/feeds/home", "/feeds/pakistan") for one in reader.parse_feed(feed(path, item))]
    assert [type(one) for one in found] == [Story]


@pytest.mark.parametrize(("days", "stale"), [(1, False), (3, True)])
def test_a_feed_without_new_stories_logs_a_warning(caplog: pytest.LogCaptureFixture, days: int, stale: bool) -> None:
    read(when=format_datetime(datetime.now(UTC) - timedelta(days=days)), more=encoded(LINE))
    assert any("is stale" in message for message in caplog.messages) == stale


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<rss><channel></channel></rss>", None),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', None),
        ("<html><body>Not today</body></html>", "not an XML feed or sitemap"),
        ("", "not an XML feed or sitemap"),
        ("<rss><channel><item><title>Canal reo", "cut short after 36 bytes"),
    ],
)
def test_an_incomplete_or_invalid_feed_is_recorded_as_failed(document: str, reason: str | None) -> None:
    reader = spider(mode="latest")
    seen = outcomes(reader)
    assert list(reader.parse_feed(feed("/feeds/home", document))) == []
    assert seen == [("/feeds/home", "failed" if reason else "parsed", reason)]
    assert reader.failed_listings == ([f"/feeds/home: {reason}"] if reason else [])
