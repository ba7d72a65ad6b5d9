"""A look at a site: what is requested, what is found, and why a site gets no draft."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from akhbar.drafts.survey import DraftError, survey
from akhbar.settings import MissingSettingError
from tests.akhbar.drafts.sites import HOME, SmallSite, front, links, path, sitemap, small_newspaper, story
from tests.replica import Answer, PagesReplica, html, plain, served, xml

Change = Callable[[dict[str, Answer]], dict[str, Answer]]


def test_a_site_is_read_with_few_requests_each_once() -> None:
    with served(PagesReplica("guardian")) as site:
        found = survey(f"{site.url}/world/some/page")
    assert site.paths[:5] == ["/robots.txt", "/", "/uk-news/rss", "/sitemaps/news.xml", "/sitemaps/video.xml"]
    assert len(site.paths) == len(set(site.paths)) == 8
    assert (found.home_page, found.name, found.is_copy) == ("https://www.theguardian.com", "theguardian", True)
    assert [(source.path, source.stories > 0) for source in found.sources] == [
        ("/uk-news/rss", True),
        ("/sitemaps/news.xml", True),
        ("/sitemaps/video.xml", False),
    ]


def test_of_an_index_the_sitemaps_are_read_until_one_lists_stories() -> None:
    pages = small_newspaper()
    pages["/robots.txt"] = plain(f"Sitemap: {HOME}/index.xml")
    names = ("pages-3", "posts-2", "posts-1")
    children = "".join(f"<sitemap><loc>{HOME}/{name}.xml</loc></sitemap>" for name in names)
    pages["/index.xml"] = xml(f"<sitemapindex>{children}</sitemapindex>")
    pages |= {"/pages-3.xml": sitemap(), "/posts-2.xml": sitemap(1, 2), "/posts-1.xml": sitemap(3)}
    with served(SmallSite(pages)) as site:
        [source] = survey(site.url).sources
    assert (source.path, source.stories, source.seen) == ("/index.xml", 2, "2 stories, in /posts-2.xml")
    assert "/posts-1.xml" not in site.paths


def test_stories_on_the_home_page_are_enough() -> None:
    with served(SmallSite(small_newspaper())) as site:
        found = survey(site.url)
    assert [story["title"] for story in found.stories] == [f"Ferries return to lake {n}" for n in (1, 2, 3)]
    assert found.sources == []
    assert found.publisher == "Courier"


def test_a_page_that_is_no_story_is_skipped_and_named() -> None:
    pages = small_newspaper() | {path(1): html("<title>gone</title>", 410), path(2): story(2, time="")}
    with served(SmallSite(pages)) as site:
        found = survey(site.url)
    assert len(found.stories) == 3
    assert found.problems == [
        f"{path(1)}: {site.url[7:]} answered 410",
        f"{path(2)}: no time or date of publication",
    ]


def test_a_time_of_publication_that_only_the_feed_shows_is_enough() -> None:
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    item = f"<item><link>{HOME}{path(1)}</link><pubDate>Thu, 05 Nov 2026 09:00:00 +0500</pubDate></item>"
    pages = {"/robots.txt": plain(""), "/": front(head=feed), path(1): story(1, time="")}
    with served(SmallSite(pages | {"/feed": xml(f"<rss><channel>{item}</channel></rss>")})) as site:
        [found] = survey(site.url).stories
    assert (found["published_at"], found["listed_at"]) == (None, "2026-11-05T09:00:00+05:00")


def test_a_feed_that_cannot_be_read_stops_nothing() -> None:
    feed = '<link rel="alternate" type="application/rss+xml" href="{}">'
    head = "".join(map(feed.format, ("/broken", "/missing", "https://[", "https://elsewhere.example/rss")))
    pages = small_newspaper() | {"/": front(links(1, 2, 3), head), "/broken": html("<p>not a feed</p>")}
    with served(SmallSite(pages)) as site:
        found = survey(site.url)
    assert [(source.path, source.seen) for source in found.sources] == [
        ("/broken", "not an XML feed or sitemap"),
        ("/missing", f"{site.url[7:]} answered 404"),
    ]


CHALLENGE = html("<title>Just a moment...</title>", 403)
NOT_NEWS = "<p><a href='/shop/a-very-fine-teapot'>Teapot</a></p>"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"/robots.txt": plain("User-agent: *\nDisallow: /")}, r"forbidden by http://127.0.0.1:\d+/robots.txt"),
        ({"/robots.txt": Answer(503, b"")}, "which answered 503 and so forbids everything"),
        ({"/": CHALLENGE}, "blocked by the site: .* answered 403 with a challenge page"),
        ({"/": html("", 403)}, "answered 403"),
        ({"/": html("", 429)}, "blocked by the site: .* answered 429"),
        ({"/": Answer(302, b"", {"Location": "https://elsewhere.example/"})}, "redirects to another site"),
        ({"/": Answer(200, b"%PDF", {"Content-Type": "application/pdf"})}, "it is not an HTML page"),
        ({"/": html("<!-- -->")}, "its home page is not an HTML page|no page names"),
        ({"/": html(f"<body>{links(1, 2)}</body>")}, "no page names the newspaper's own host"),
        (
            {"/": front("<p>Under construction</p>")},
            "has neither feeds nor sitemaps, and its home page links to no stories",
        ),
        ({"/": front(NOT_NEWS), "/shop/a-very-fine-teapot": story(1, time="")}, "no time or date of publication"),
        ({path(number): html("", 429) for number in range(1, 7)}, "no story could be read.*answered 429"),
        ({"/": front(), "/robots.txt": plain("Sitemap: /empty.xml"), "/empty.xml": sitemap()}, "lists no stories"),
    ],
)
def test_a_site_that_refuses_or_is_no_newspaper_is_an_error_that_says_why(change: dict[str, Answer], why: str) -> None:
    with served(SmallSite(small_newspaper() | change)) as site, pytest.raises(DraftError, match=why):
        survey(site.url)


def test_after_429_nothing_more_is_requested() -> None:
    pages = small_newspaper() | {path(1): html("", 429)}
    with served(SmallSite(pages)) as site, pytest.raises(DraftError):
        survey(site.url)
    assert site.paths == ["/robots.txt", "/", path(1)]


def test_a_live_site_needs_a_contact_address() -> None:
    with pytest.raises(MissingSettingError, match="AKHBAR_CONTACT"):
        survey(HOME)


def test_a_site_that_does_not_answer_is_an_error() -> None:
    with served(SmallSite({})) as site:
        pass
    with pytest.raises(DraftError, match=r"could not be read: its robots\.txt could not be fetched"):
        survey(site.url)


def test_most_pages_decide_the_language() -> None:
    pages = small_newspaper()
    for number in (2, 3):
        page = pages[path(number)]
        pages[path(number)] = replace(page, body=page.body.replace(b'lang="en"', b'lang="ur-PK"'))
    with served(SmallSite(pages)) as site:
        assert survey(site.url).language == "ur"
