"""What a home page, feeds, sitemaps and stories say about a newspaper that is not declared."""

from datetime import UTC, datetime

import pytest

from spiders.draft import (
    Front,
    NoNewspaperError,
    UnreadableError,
    newest_first,
    read_front,
    read_source,
    read_story,
    story_url,
)
from spiders.listings import Card

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
COPY = "http://127.0.0.1:9000/"


def front(body: str = "", head: str = "", robots: str = "", address: str = "https://www.gazette.example/") -> Front:
    page = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    return read_front(page, "text/html", address, robots, NOW, is_copy=address == COPY)


CANONICAL = '<link rel="canonical" href="https://www.gazette.example/">'


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({"head": CANONICAL}, "www.gazette.example"),
        ({"robots": "Sitemap: https://www.gazette.example/news.xml"}, "www.gazette.example"),
        ({"body": "<a href='https://gazette.example/1'>1</a><a href='https://x.example/'>x</a>"}, "gazette.example"),
        (
            {"head": '<link rel="canonical" href="http://127.0.0.1:9000/">', "robots": "Sitemap: https://a.example/"},
            "a.example",
        ),
    ],
)
def test_the_host_of_a_copy_is_the_one_that_its_pages_name(given: dict[str, str], host: str) -> None:
    assert front(address=COPY, **given).site.paper.host == host


@pytest.mark.parametrize(
    "body", ["", "<a href='/1'>1</a>", '<a href=\'https://"""x/\'>1</a>', "<a href='http://['>1</a>"]
)
def test_a_copy_that_names_no_host_is_refused(body: str) -> None:
    with pytest.raises(NoNewspaperError, match="no page names the newspaper's own host"):
        front(body, address=COPY)


def test_the_host_of_a_live_site_is_its_own_in_the_form_that_it_prefers() -> None:
    assert front(head=CANONICAL, address="https://gazette.example/").site.paper.host == "www.gazette.example"
    agency = '<link rel="canonical" href="https://www.agency.example/">'
    assert front(head=agency).site.paper.host == "www.gazette.example"


def test_a_page_that_is_not_html_is_refused() -> None:
    with pytest.raises(NoNewspaperError, match="not an HTML page"):
        read_front(b"", "text/html", COPY, "", NOW, is_copy=False)


@pytest.mark.parametrize(
    ("head", "names"),
    [
        (
            '<meta property="og:site_name" content="The  Gazette"><title>Home | Gazette</title>',
            ["The Gazette", "Gazette"],
        ),
        ("<title>News, sport and opinion | The Gazette Example</title>", []),
        ("<title>Gazette.example: news of the lake - Gazette</title>", ["Gazette"]),
        ("", []),
    ],
)
def test_the_publisher_is_named_by_metadata_or_the_title(head: str, names: list[str]) -> None:
    assert front(head=head).publishers == names


def test_links_to_editorials_are_candidates_and_pages_about_the_newsroom_are_not() -> None:
    links = (
        ("/newspaper/editorial", "EDITORIAL"),
        ("https://www.gazette.example/leaders?x=1", "Editorials"),
        ("/ur/idaria", "اداریہ"),
        ("/editorial-policy", "Editorial policy"),
        ("/about/team", "Editorial team"),
        ("/editor", "Letters to the editor"),
        ("https://elsewhere.example/editorials", "Editorials"),
        ("/news/2009001/editorial-on-ferries", "Editorial: ferries"),
        ("/leaders/", "Our view"),
        ("/c/7", "Leaders"),
        ("/party-leaders", "Leaders of parties"),
        ("/", "Editorial"),
    )
    body = "".join(f"<a href='{href}'>{text}</a>" for href, text in links)
    assert list(front(body).editorials) == [
        *("/newspaper/editorial", "/leaders", "/ur/idaria"),
        *("/leaders/", "/c/7"),
    ]


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        ([f"/news/200900{n}" for n in range(9)], "/news/(?P<id>[0-9]{5,12})(?:/[^/]*)?/?"),
        ([f"/news/200900{n}/ferries" for n in range(9)], "/news/(?P<id>[0-9]{5,12})(?:/[^/]*)?/?"),
        ([f"/{'ab'[n % 2]}/ferries-30000{n}/" for n in range(9)], "/(?:[^/]+/)*[^/]+-(?P<id>[0-9]{5,12})/?"),
        ([f"/latest/61234{n}-ferries" for n in range(9)], "/latest/(?P<id>[0-9]{5,12})-[^/]+/?"),
        ([f"/lake/ferries-30000{n}.html" for n in range(9)], r"/lake/[^/]+-(?P<id>[0-9]{5,12})\.html"),
        ([f"/lake/30000{n}.html" for n in range(9)], r"/lake/(?P<id>[0-9]{5,12})\.html"),
        ([f"/2026/11/05/ferries-30000{n}" for n in range(9)], "/(?:[^/]+/)*[^/]+-(?P<id>[0-9]{5,12})/?"),
        ([*(f"/news/20090{n}" for n in range(10, 30)), "/about-us"], "/news/(?P<id>[0-9]{5,12})(?:/[^/]*)?/?"),
        ([*(f"/news/20090{n}" for n in range(10, 15)), "/about-us"], None),
        ([f"/news/200900{n}" for n in range(4)], None),
        ([f"/20261105/ferries-{n}" for n in range(9)], None),
        ([f"/2026/11/05/ferries-return-to-lake-{n}" for n in range(9)], None),
        ([f'/a"b/200900{n}' for n in range(9)], "/(?:[^/]+/)*(?P<id>[0-9]{5,12})(?:/[^/]*)?/?"),
        ([f"/lake/ferries-h74821{n}.html" for n in range(9)], r"/lake/[^/]+-[a-z](?P<id>[0-9]{3,12})\.html"),
        ([f"/lake/ferries-{n}" for n in "abcdefghi"], "/lake/[^/]+/?"),
        ([f"/{n}/ferries.html" for n in "abcdefghi"], r"/(?:[^/]+/)*[^/]+\.html?"),
        ([f"/ferries-{n}" for n in "abcdefghi"], None),
        ([f"/{n}/ferries" for n in "abcdefghi"], None),
        ([], None),
    ],
)
def test_a_pattern_needs_a_number_of_its_own_in_nearly_all_urls(paths: list[str], pattern: str | None) -> None:
    assert story_url(paths) == pattern


def test_a_feed_says_what_it_lists_and_its_name_and_language() -> None:
    feed = (
        "<rss version='2.0'><channel><title>The Gazette</title><language>ur-PK</language><item>"
        "<title>Ferries</title><link>https://www.gazette.example/news/2009001/ferries</link>"
        "<pubDate>Thu, 05 Nov 2026 09:00:00 +0000</pubDate></item></channel></rss>"
    )
    found = read_source(feed.encode(), "text/xml", "/feed", front())
    assert [card.path for card in found.stories] == ["/news/2009001/ferries"]
    assert (found.title, found.language, found.seen) == ("The Gazette", "ur", "1 story, the newest 3 h old")


def test_times_that_are_the_feeds_own_are_no_ages_of_stories() -> None:
    link, now = "<link>https://www.gazette.example/news/200900{}</link>", "Thu, 05 Nov 2026 12:00:00 GMT"
    item = f"<item>{link}<pubDate>{now}</pubDate></item>"
    feed = f"<rss version='2.0'><channel>{''.join(map(item.format, range(3)))}</channel></rss>"
    assert read_source(feed.encode(), "text/xml", "/feed", front()).seen == "3 stories"


def test_an_index_names_its_sitemaps() -> None:
    index = b"<sitemapindex><sitemap><loc>https://www.gazette.example/a.xml</loc></sitemap></sitemapindex>"
    found = read_source(index, "text/xml", "/index.xml", front())
    assert (found.children, found.stories) == (["/a.xml"], [])


def test_what_is_neither_feed_nor_story_is_an_error() -> None:
    with pytest.raises(UnreadableError, match="not an XML feed or sitemap"):
        read_source(b"<html></html>", "text/html", "/feed", front())
    with pytest.raises(UnreadableError, match="not an HTML page"):
        read_story(b"", "text/html", "/news/2009001", front())


def test_a_story_is_read_at_the_newspapers_own_address() -> None:
    page = (
        b"<html><head><meta property='og:site_name' content='The Gazette'></head><body><h1>Ferries return</h1></body>"
    )
    found, publishers = read_story(page, "text/html", "/news/2009001", front(head=CANONICAL, address=COPY))
    assert (found.address, found.article.title) == ("https://www.gazette.example/news/2009001", "Ferries return")
    assert publishers == ["The Gazette"]


def test_stories_are_sorted_by_age_and_those_without_a_time_come_last() -> None:
    times = {
        "a": None,
        "b": "2026-11-05T08:00:00+00:00",
        "c": "2026-11-05T12:00:00+05:00",
        "d": "2026-11-05T09:00:00+00:00",
    }
    cards = [Card(name, f"/{name}", name, None, time) for name, time in times.items()]
    assert [card.story_id for card in newest_first([*cards, cards[0]])] == ["d", "b", "c", "a"]


@pytest.mark.parametrize(
    ("path", "is_story"),
    [
        ("/news/2009001", True),
        ("/news/2009001/ferries", True),
        ("/latest/612345-ferries-return", True),
        ("/lake/ferries-return-to-the-lake/", True),
        ("/lake/_ferries_return_to_lake", True),
        ("/2026/nov/05/ferries", True),
        ("/lake", False),
        ("/lake/page/2", False),
        ("/top-stories/lake", False),
        ("/2026/11/05/", False),
        ("/" + "a" * 100_000, False),
    ],
)
def test_a_story_is_recognised_by_its_path(path: str, is_story: bool) -> None:
    assert (front().site.story_id(path) is not None) == is_story
