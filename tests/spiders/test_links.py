"""The links that a crawl follows in addition to those to stories."""

import pytest

from spiders.links import feeds_of, next_page, sitemaps_of
from spiders.reading.html import parse, resolve_links
from tests.spiders.gazette import HOME, site_of

SITE = site_of()


def following(link: str, path: str = "/lake") -> str | None:
    root = parse(
        f"<html><head>{link if link.startswith('<link') else ''}</head><body>{link}</body></html>".encode(), None
    )
    resolve_links(root, HOME + path)
    return next_page(root, SITE, path)


@pytest.mark.parametrize(
    ("link", "path", "expected"),
    [
        ("<link rel='next' href='/lake/page/2/'>", "/lake/", "/lake/page/2/"),
        ("<a rel='next' href='https://www.gazette.example/lake?page=2'>2</a>", "/lake", "/lake?page=2"),
        ("<a rel='nofollow NEXT' href='?page=3'>3</a>", "/lake?page=2", "/lake?page=3"),
        ("<a class='next page-numbers' href='/lake/page/3/'>Next →</a>", "/lake/page/2/", "/lake/page/3/"),
        ("<li class='next'><a href='/lake/2'>›</a></li>", "/lake/1", "/lake/2"),
        ("<div class='pagination-next'><a href='/lake/page/2'>Next Page »</a></div>", "/lake", "/lake/page/2"),
        ("<div class='nav-previous'><a href='/lake/page/2/'>Older posts</a></div>", "/lake/", "/lake/page/2/"),
        ("<a rel='next' href='/a/2026/11/05/page/2/'>2</a>", "/a/2026/11/05/", "/a/2026/11/05/page/2/"),
        ("<a rel='next' href='/lake'>same</a>", "/lake", None),
        ("<a rel='next' href='/sea?page=2'>another list</a>", "/lake", None),
        ("<a rel='next' href='/email/lake?page=2'>a prefix</a>", "/lake", None),
        ("<a rel='next' href='https://elsewhere.example/lake?page=2'>another host</a>", "/lake", None),
        ("<a rel='next' href='/lake?page=8?page=781'>malformed</a>", "/lake", None),
        ("<div class='pagination'><a href='/lake?page=9'>Last</a></div>", "/lake", None),
        ("<a href='/lake?page=2'>Next</a>", "/lake", None),
        ("", "/lake", None),
    ],
)
def test_the_next_page_of_a_listing_differs_only_in_its_number(link: str, path: str, expected: str | None) -> None:
    assert following(link, path) == expected


def test_the_feeds_of_a_home_page_are_its_own_without_those_of_comments() -> None:
    links = [
        ("application/rss+xml", "The Gazette", "/feed/"),
        ("application/atom+xml", "Sport", f"{HOME}/sport.atom?lang=en"),
        ("application/rss+xml", "The Gazette » Comments Feed", "/comments/feed/"),
        ("application/rss+xml", "Elsewhere", "https://elsewhere.example/feed"),
        ("application/json", "API", "/wp-json"),
        ("application/rss+xml", "Home", "/"),
        ("application/rss+xml", "again", "/feed/"),
    ]
    head = "".join(f"<link rel='alternate' type='{kind}' title='{title}' href='{href}'>" for kind, title, href in links)
    root = parse(f"<html><head>{head}</head><body></body></html>".encode(), None)
    assert feeds_of(root, SITE) == ["/feed/", "/sport.atom?lang=en"]


def test_the_sitemaps_of_robots_txt_are_those_on_the_newspapers_hosts() -> None:
    robots = """User-agent: *
Disallow: /search
Sitemap: https://www.gazette.example/sitemap.xml
SITEMAP : https://gazette.example/news.xml?type=1   # for Google
Sitemap: https://elsewhere.example/sitemap.xml
Sitemap: /relative.xml
Sitemap:
Sitemap: https://www.gazette.example/sitemap.xml"""
    assert sitemaps_of(robots, SITE) == ["/sitemap.xml", "/news.xml?type=1", "/relative.xml"]


def test_an_invalid_url_hides_no_feed_and_no_sitemap() -> None:
    link = "<link rel='alternate' type='application/rss+xml' href='{}'>"
    root = parse(f"<html><head>{link.format('https://[')}{link.format('/rss')}</head></html>".encode(), None)
    assert feeds_of(root, SITE) == ["/rss"]
    assert sitemaps_of("Sitemap: https://[\nSitemap: /news.xml", SITE) == ["/news.xml"]
