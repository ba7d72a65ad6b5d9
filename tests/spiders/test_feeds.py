"""Feeds: an item that carries the whole story is stored from the feed; for any other, its page is fetched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import characters, datetimes, integers, text
from scrapy import Request

from akhbar.story import Story
from tests.spiders.crawl import feed, outcomes, spider
from tests.spiders.gazette import GENERAL, HOME, response, spider_of

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


def test_a_picture_in_the_image_of_an_item_is_its_image() -> None:
    image = "<image><img src='https://i.dawn.com/7.jpg'/></image>"
    found = story(more=image + encoded(LINE))
    assert (found.title, found.image_url) == ("Canal reopened", "https://i.dawn.com/7.jpg")


def test_the_newspaper_and_editorial_are_not_authors() -> None:
    names = ("Dawn", "Editorial", "Omar Rind")
    found = story(more="".join(f"<dc:creator>{name}</dc:creator>" for name in names) + encoded(LINE))
    assert found.authors == ["Omar Rind"]


@pytest.mark.parametrize(("author", "kind"), [("Editorial", "editorial"), ("Omar Rind", "article")])
@pytest.mark.parametrize("listed", [True, False])
def test_the_declared_author_of_editorials_decides_about_a_whole_story_in_a_feed(
    author: str, kind: str, listed: bool
) -> None:
    reader = spider_of(replace(GENERAL, editorial_author="Editorial"))
    path = "/2026/11/05/on-ferries"
    reader.listings_left = 2
    more = f"<dc:creator>{author}</dc:creator>{encoded(LINE)}"
    xml = FEED.format(**WHOLE | {"link": HOME + path, "more": more, "when": "Thu, 05 Nov 2026 09:00:00 +0500"})
    found = [*reader.parse_feed(response("/feed", f"<?xml version='1.0'?>{xml}"))]
    leaders = f"<html><body><main><a href='{path}'>On ferries</a></main></body></html>"
    found += reader.parse_listing(response("/leaders", leaders), None, editorial=listed)
    assert [each.kind for each in found if isinstance(each, Story)] == [kind]


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
    assert seen == [("/feeds/home", "failed" if reason else "parsed", reason or "0 stories")]
    assert reader.failed_listings == ([f"/feeds/home: {reason}"] if reason else [])


# --- formats --------------------------------------------------------------------------------------------------------

PARAGRAPHS = _paragraphs((LINE, "Boats passed again."))
ESCAPED = PARAGRAPHS.replace("<", "&lt;")
WHOLE_BODY = f"{LINE}\n\nBoats passed again."
CONTENT_NS = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
RDF_NS = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
ITEM = (
    "<title>Canal reopened</title><link>https://www.dawn.com/news/7/x</link>"
    "<pubDate>Fri, 22 Jan 2016 09:00:00 +0500</pubDate>"
)
BODY = encoded(LINE, "Boats passed again.")
ATOM_CONTENT = f'<content type="html">{ESCAPED}</content>'


def rss(item: str, root: str = f'version="2.0" {CONTENT_NS}', channel: str = "") -> str:
    return f"<rss {root}><channel>{channel}<item>{item}</item></channel></rss>"


def atom(content: str, link: str = "https://www.dawn.com/news/7/x", root: str = "") -> str:
    times = "<published>2016-01-22T09:00:00+05:00</published>"
    entry = f'<entry><title>Canal reopened</title><link href="{link}"/><id>tag:7</id>{times}{content}</entry>'
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{root}>{entry}</feed>'


def read_document(document: str | bytes, content_type: str = "text/xml") -> list[Any]:
    reader = spider(mode="latest")
    reader.listings_left = 1
    body = document if isinstance(document, bytes) else document.encode()
    response = feed("/feeds/home", "").replace(body=body, headers={"Content-Type": content_type})
    return list(reader.parse_feed(response))


@pytest.mark.parametrize(
    "document",
    [
        rss(ITEM + BODY),
        rss(ITEM + BODY, root=f'xmlns="http://backend.userland.com/rss2" {CONTENT_NS}'),
        rss(ITEM + BODY, root=f'xmlns="http://example.org/rss" {CONTENT_NS}'),
        rss(ITEM + f"<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'>{ESCAPED}</c:encoded>", root=""),
        rss(f"{ITEM}<description>{ESCAPED}</description>", root='version="0.91"'),
        rss(f"{ITEM}<description>{ESCAPED}</description>", root='version="0.92"'),
        f'<rdf:RDF {RDF_NS} xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" {CONTENT_NS}>'
        "<channel><title>Dawn</title></channel><item><title>Canal reopened</title>"
        "<link>https://www.dawn.com/news/7/x</link>"
        f"<dc:date>2016-01-22T09:00:00+05:00</dc:date>{BODY}</item></rdf:RDF>",
        f'<rdf:RDF {RDF_NS} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Dawn</title></channel>'
        f"<item>{ITEM}<description>{ESCAPED}</description></item></rdf:RDF>",
        atom(ATOM_CONTENT),
        atom(f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{PARAGRAPHS}</div></content>'),
        atom(ATOM_CONTENT, link="news/7/x", root=' xml:base="https://www.dawn.com/"'),
        atom(ATOM_CONTENT, link="/news/7/x"),
        f"\n\n<!DOCTYPE rss>\n{rss(ITEM + BODY)}",
    ],
)
def test_a_story_is_read_from_every_feed_format(document: str) -> None:
    [found] = read_document(document)
    assert isinstance(found, Story)
    assert (found.story_id, found.title, found.body) == ("7", "Canal reopened", WHOLE_BODY)
    assert found.published_at == "2016-01-22T09:00:00+05:00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252"])
@pytest.mark.parametrize("content_type", ["text/xml", "text/xml; charset=windows-1252", "application/rss+xml"])
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="iso-8859-1"?>'])
def test_a_feed_is_decoded_by_its_bytes(encoding: str, content_type: str, declared: str) -> None:
    document = declared + rss(ITEM.replace("Canal", "Café") + encoded(LINE, "Boats passed “again”."))
    [found] = read_document(document.encode(encoding), content_type)
    assert (found.title, found.body) == ("Café reopened", f"{LINE}\n\nBoats passed “again”.")


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("Q&A: the R&D chief", "Q&A: the R&D chief"),
        ("Q&amp;A: the chief", "Q&A: the chief"),
        ("Q&amp;amp;A: the chief", "Q&A: the chief"),
        ("<![CDATA[Q&A: the chief]]>", "Q&A: the chief"),
        ("<![CDATA[Q&amp;A: the chief]]>", "Q&A: the chief"),
        ("Caf&eacute;s&nbsp;and the minister&rsquo;s &#8220;plan&#8221;", "Cafés and the minister’s “plan”"),
        ("A\x0bvertical tab &#11;&#x1b;and &#0; more", "Avertical tab and more"),
        ("A &unknown; word", "A &unknown; word"),
        ("AT&T &", "AT&T &"),
        ("Prices up &lt;b&gt;again&lt;/b&gt;", "Prices up again"),
        ("Temperatures &lt; 5 degrees", "Temperatures < 5 degrees"),
    ],
)
def test_entities_and_control_characters_do_not_cut_a_title(title: str, read_as: str) -> None:
    found = story(title=title, more=encoded(LINE))
    assert (found.title, found.body) == (read_as, LINE)


@pytest.mark.parametrize("fault", ["<category>unclosed", "<enclosure url=https://i.dawn.com/7.jpg/>", "<a:b>x</a:b>"])
def test_a_feed_that_is_not_well_formed_gives_only_links(fault: str) -> None:
    assert [type(one) for one in read(more=fault + BODY)] == [Request]


@pytest.mark.parametrize(
    "more",
    [
        described(LINE, "The rest of it is in the middle of [&#8230;]"),
        described(LINE, "The rest of it is in the middle of [...]"),
        described(LINE, "Boats &hellip;", 'The post <a href="x">Canal</a> appeared first on <a href="y">Dawn</a>.'),
        described(LINE, "All of it, or so.", "The post Canal first appeared on Dawn."),
        encoded(LINE, "More follows. . ."),
        encoded(LINE, "It goes on… <a href='/news/7'>Continue reading <span>Canal</span> →</a>"),
        encoded(LINE, "<a href='/news/7'>Read more</a>"),
        encoded(LINE, "Read More »"),
        encoded(LINE, "Read the full story on Dawn.com"),
        encoded(LINE, "Click here to read more"),
        encoded(LINE, "[more]"),
        encoded("<a href='https://www.dawn.com/news/7/x'>The canal that was closed for a month was reopened today</a>"),
        encoded("https://www.dawn.com/news/7/the-canal-that-was-closed-for-a-month-was-reopened-on-thursday"),
        f"<description>{LINE}</description><media:description>{LINE} A boat.</media:description>",
    ],
)
def test_an_excerpt_or_a_link_is_not_a_whole_story(more: str) -> None:
    assert [type(one) for one in read(more=more)] == [Request]


@pytest.mark.parametrize(
    "last",
    [
        "“We read more than before,” a boatman said.",
        "<a href='/news/8'>The bridge</a> is closed, and boats passed below it.",
    ],
)
def test_a_whole_story_may_link_to_others(last: str) -> None:
    assert [type(one) for one in read(more=encoded(LINE, last))] == [Story]


def test_a_wordpress_feed_without_content_carries_excerpts() -> None:
    item = ITEM + described(LINE, "Boats passed again.")
    generator = "<generator>https://wordpress.org/?v=6.8</generator>"
    assert [type(one) for one in read_document(rss(item, channel=generator))] == [Request]
    assert [type(one) for one in read_document(rss(item))] == [Story]


@pytest.mark.parametrize(
    ("more", "authors"),
    [
        ("<author>none@none.com (Sana Mirza)</author>", ["Sana Mirza"]),
        ("<author>none@none.com ()</author>", []),
        ("<author>none@none.com</author>", []),
        ("<author>a@example.org (Sana Mirza)</author><dc:creator>Omar Rind</dc:creator>", ["Sana Mirza", "Omar Rind"]),
        ("<dc:creator><![CDATA[Sana Mirza]]></dc:creator><author>Sana Mirza</author>", ["Sana Mirza"]),
        ("<dc:creator>https://www.dawn.com/authors/7</dc:creator>", []),
    ],
)
def test_authors_are_names_without_addresses(more: str, authors: list[str]) -> None:
    assert story(more=more + encoded(LINE)).authors == authors


@pytest.mark.parametrize(
    "when",
    [
        "Fri, 22 Jan 16 09:00:00 +0500",
        "Friday, 22 January 2016 09:00:00 +0500",
        "Fri, 22 Jan 2016 04:00:00 -0000",
        "Fri, 22 Jan 2016 09:00:00 PKT",
        "Fri, 22 Jan 2016 09:00:00",
        "2016-01-22T04:00:00Z",
    ],
)
def test_times_are_read_in_the_forms_that_feeds_use(when: str) -> None:
    found = datetime.fromisoformat(story(when=when, more=encoded(LINE)).published_at or "")
    assert found == datetime(2016, 1, 22, 4, tzinfo=UTC)


@settings(deadline=None)
@given(when=datetimes(datetime(1990, 1, 3), datetime(2026, 1, 1)), quarters=integers(-48, 56))
def test_any_rfc_822_time_is_read_back(when: datetime, quarters: int) -> None:
    at = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    found = story(when=format_datetime(at), more=encoded(LINE))
    assert datetime.fromisoformat(found.published_at or "") == at


@settings(deadline=None)
@given(text(characters(exclude_categories=["Cs"], exclude_characters="<>[]"), max_size=200))
def test_no_text_in_a_title_loses_the_story(title: str) -> None:
    [found] = read(title=f"Canal {title}", more=encoded(LINE))
    assert (found.story_id if isinstance(found, Story) else found.meta["story_id"]) == "7"


def test_entities_that_a_document_declares_do_not_expand() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd">{entities}]>'
    [found] = read_document(doctype + rss(ITEM.replace("Canal", "&e9; &x;") + encoded(LINE)))
    assert found.title == "&e9; &x; reopened"
