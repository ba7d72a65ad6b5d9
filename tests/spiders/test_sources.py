"""Where a newspaper without a platform has its stories: robots.txt, feeds, listings with pages, and sources by date."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from scrapy import Request

from akhbar.newspaper import Edition, Newspaper
from akhbar.story import Story
from spiders.spider import NewspaperSpider, is_sampled
from tests.spiders.gazette import GENERAL, HOME, response, spider_of
from tests.spiders.markup import ld_json

NOVEMBER = "/2026/11/05"
TEXT = "".join(
    f"<p>The {n}th ferry crossed the lake on Monday, with forty people and a goat on board.</p>" for n in range(9)
)


def started(reader: NewspaperSpider) -> list[Request]:
    async def requests() -> list[Any]:
        return [one async for one in reader.start()]

    return asyncio.run(requests())


def paths(found: Iterable[Any]) -> list[str]:
    return [one.url.removeprefix(HOME) for one in found if isinstance(one, Request)]


def listings(found: Iterable[Any]) -> list[Request]:
    return [one for one in found if isinstance(one, Request) and one.meta["role"] != "story"]


def answered(request: Request, body: str) -> list[Any]:
    """What the spider yields for the response to one of its requests."""
    path = request.url.removeprefix(HOME)
    found = response(path, body, request.callback, request.meta["role"], **request.cb_kwargs)
    assert request.callback
    return list(request.callback(found, **request.cb_kwargs))


def links(*names: str, day: str = NOVEMBER) -> str:
    return "".join(f"<h3><a href='{day}/{name}'>{name}</a></h3>" for name in names)


def page(body: str) -> str:
    return f"<html><body>{body}</body></html>"


def sitemap(*entries: str) -> str:
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'
    )


def entry(path: str, changed: str = "") -> str:
    return f"<url><loc>{HOME}{path}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"


# --- what a crawl of the latest stories requests --------------------------------------------------------------------


def test_without_declared_sources_robots_txt_and_the_home_page_are_read() -> None:
    assert paths(started(spider_of())) == ["/robots.txt", "/"]


def test_declared_sources_are_read_instead() -> None:
    paper = replace(
        GENERAL,
        sitemaps=("/news.xml",),
        feeds=("/rss",),
        listings={"/lake": "Lake"},
        editorial_listings=("/leaders",),
    )
    assert paths(started(spider_of(paper))) == ["/rss", "/news.xml", "/leaders", "/lake"]


def test_the_sitemaps_of_robots_txt_are_read() -> None:
    reader = spider_of()
    robots, home = started(reader)
    found = answered(robots, f"Sitemap: {HOME}/a.xml\nSitemap: {HOME}/b.xml")
    assert paths(found) == ["/a.xml", "/b.xml"]
    assert answered(home, page("")) == []
    assert answered(found[0], sitemap(entry(f"{NOVEMBER}/goats"))) == []
    assert paths(answered(found[1], sitemap(entry(f"{NOVEMBER}/ferries")))) == [
        f"{NOVEMBER}/goats",
        f"{NOVEMBER}/ferries",
    ]


def test_the_feeds_in_the_head_of_the_home_page_are_read() -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='/feed/'>"
    reader = spider_of(replace(GENERAL, sitemaps=("/a.xml",)))
    _, home = started(reader)
    [feed] = answered(home, f"<html><head>{head}</head><body></body></html>")
    assert (paths([feed]), feed.meta["role"]) == (["/feed/"], "feed")


@pytest.mark.parametrize("feeds", [(), ("/rss",)])
def test_a_home_page_that_is_a_listing_is_read_once_with_its_pages(feeds: tuple[str, ...]) -> None:
    reader = spider_of(replace(GENERAL, sitemaps=("/a.xml",), feeds=feeds, listings={"/": None, "/lake": "Lake"}))
    requests = started(reader)
    assert paths(requests) == [*feeds, "/a.xml", "/", "/lake"]
    reader.listings_left = 1
    [second] = answered(requests[-2], page(links("ferries") + '<a class="next" href="/page/2/">Next</a>'))
    assert paths([second]) == ["/page/2/"]
    assert paths(answered(second, page(links("goats")))) == [f"{NOVEMBER}/ferries", f"{NOVEMBER}/goats"]


def test_a_small_crawl_reads_a_few_sources_of_each_kind() -> None:
    sitemaps, feeds, listings, leaders = (tuple(f"/{kind}/{n}" for n in range(5)) for kind in "sfle")
    paper = replace(
        GENERAL,
        sitemaps=sitemaps,
        feeds=feeds,
        listings=dict.fromkeys(listings, "Lake"),
        editorial_listings=leaders,
    )
    assert Counter(one.meta["role"] for one in started(spider_of(paper, mode="latest", most="2"))) == {
        "feed": 2,
        "sitemap": 2,
        "listing": 4,
    }


def test_a_small_crawl_reads_one_sitemap_of_an_index_and_one_page_of_a_listing() -> None:
    reader = spider_of(GENERAL, mode="latest", most="2")
    robots, _ = started(reader)
    reader.listings_left = 99
    assert paths(answered(robots, "".join(f"Sitemap: {HOME}/{n}.xml\n" for n in range(5)))) == ["/0.xml", "/1.xml"]
    children = [f"<loc>{HOME}/{name}.xml</loc>" for name in ("a", "b")]
    assert paths(reader.parse_sitemap(response("/i.xml", index(*children), role="sitemap"))) == ["/a.xml"]
    listing = response("/lake", page(links("goats") + NEXT.format(2)))
    assert paths(reader.parse_listing(listing, None)) == []


def test_a_small_crawl_reads_a_few_stories_and_a_few_editorials() -> None:
    reader = spider_of(replace(LISTED, editorial_listings=("/leaders",)), mode="latest", most="2")
    reader.listings_left = 2
    assert list(reader.parse_listing(response("/lake", page(links("a", "b", "c"))), None)) == []
    found = reader.parse_source(response("/leaders", page(links("x", "y", "z"))), editorial=True)
    assert paths(found) == [f"{NOVEMBER}/{name}" for name in ("a", "b", "x", "y")]


def test_a_small_crawl_of_a_day_reads_a_few_of_its_stories() -> None:
    reader = spider_of(DATED, edition="2026-11-05", most="2")
    reader.listings_left = 1
    assert paths(reader.parse_source(response("/all", page(links("a", "b", "c"))))) == [
        f"{NOVEMBER}/a",
        f"{NOVEMBER}/b",
    ]


# --- sitemaps -------------------------------------------------------------------------------------------------------


def in_sitemap(*entries: str, paper: Newspaper = GENERAL, **arguments: str) -> list[str]:
    reader = spider_of(paper, **arguments)
    reader.listings_left = 1
    return paths(reader.parse_sitemap(response("/s.xml", sitemap(*entries), role="sitemap")))


def test_of_an_archive_only_the_newest_stories_are_read() -> None:
    old = [entry(f"{NOVEMBER}/old-{n}", "2026-11-01T08:00:00Z") for n in range(200)]
    new = [entry(f"{NOVEMBER}/new-{n}", f"2026-11-0{n + 4}T08:00:00Z") for n in range(2)]
    assert in_sitemap(*old, *new) == [f"{NOVEMBER}/new-0", f"{NOVEMBER}/new-1"]


def test_the_date_in_a_path_shows_which_stories_of_an_archive_are_new() -> None:
    days = [(day, n) for day in (1, 4, 5) for n in range(50)]
    found = in_sitemap(*(entry(f"/2026/11/0{day}/goat-{n}") for day, n in days))
    assert {path[:11] for path in found} == {"/2026/11/04", "/2026/11/05"}


def test_an_archive_without_dates_is_skipped_and_said_so(caplog: pytest.LogCaptureFixture) -> None:
    assert in_sitemap(*(entry(f"/goats-cross-the-lake-{n}") for n in range(200))) == []
    assert "no date shows which of its 200 stories are new" in caplog.text
    assert len(in_sitemap(*(entry(f"/goats-cross-the-lake-{n}") for n in range(20)))) == 20


def test_a_news_sitemap_is_recognised_by_its_content_and_read_whole() -> None:
    news = "<n:news xmlns:n='x'><n:publication_date>2026-11-0{}</n:publication_date></n:news>"
    entries = [f"<url><loc>{HOME}{NOVEMBER}/goat-{n}</loc>{news.format(1 if n else 5)}</url>" for n in range(200)]
    assert len(in_sitemap(*entries)) == 200


def index(*children: str) -> str:
    entries = "".join(f"<sitemap>{child}</sitemap>" for child in children)
    return f"<?xml version='1.0'?><sitemapindex>{entries}</sitemapindex>"


def test_an_indexs_children_are_filtered_by_the_declared_pattern() -> None:
    reader = spider_of(replace(GENERAL, child_sitemaps="/post-"))
    reader.listings_left = 1
    children = [f"<loc>{HOME}/{name}.xml</loc>" for name in ("page-1", "post-1", "category-1", "post-2")]
    found = reader.parse_sitemap(response("/i.xml", index(*children), role="sitemap"))
    assert paths(found) == ["/post-1.xml", "/post-2.xml"]


def test_an_index_without_times_is_read_from_its_newest_month() -> None:
    reader = spider_of()
    reader.listings_left = 1
    months = ("2025-12", "2026-02", "2026-11", "2026-1", "2024-7", "2026-10")
    found = reader.parse_sitemap(
        response("/i.xml", index(*(f"<loc>{HOME}/s_{month}.xml</loc>" for month in months)), role="sitemap")
    )
    assert paths(found) == [f"/s_{month}.xml" for month in ("2026-11", "2026-10", "2026-02", "2026-1", "2025-12")]


# --- listings and their pages ---------------------------------------------------------------------------------------

LISTED = replace(GENERAL, sitemaps=("/s.xml",), feeds=("/rss",), listings={"/lake": "Lake"})
NEXT = "<a rel='next' href='/lake?page={}'>Next</a>"


def read_pages(*pages: str, paper: Newspaper = LISTED) -> tuple[list[str], NewspaperSpider]:
    """The pages of a listing that are requested if the site answers with these, and the spider."""
    reader = spider_of(paper)
    request: Request | None = started(reader)[-1]
    reader.listings_left = 99
    requested = []
    for body in pages:
        if request is None:
            break
        requested += paths([request])
        request = next(iter(listings(answered(request, page(body)))), None)
    return requested + (paths([request]) if request else []), reader


def test_the_pages_of_a_listing_are_read_up_to_a_limit() -> None:
    bodies = [links(f"goat-{n}") + NEXT.format(n + 2) for n in range(9)]
    requested, reader = read_pages(*bodies)
    assert requested == ["/lake", "/lake?page=2", "/lake?page=3"]
    assert [story.section for story in reader.listed.values()] == ["Lake"] * 3


@pytest.mark.parametrize("second", ["", links("goat-1"), links("goat-1", "goat-2")])
def test_the_pages_of_a_listing_end_where_nothing_is_new(second: str) -> None:
    requested, _ = read_pages(links("goat-1", "goat-2") + NEXT.format(2), second + NEXT.format(3), "")
    assert requested == ["/lake", "/lake?page=2"]


def test_a_listing_that_names_itself_as_the_next_page_is_read_once() -> None:
    requested, _ = read_pages(links("goat-1") + "<a rel='next' href='/lake'>Next</a>")
    assert requested == ["/lake"]


# --- editorials -----------------------------------------------------------------------------------------------------

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Leaders</title>
<item><title>On goats</title><link>{}/goats</link></item></channel></rss>"""


@pytest.mark.parametrize(
    "body", [page(links("goats")), FEED.format(HOME + NOVEMBER), sitemap(entry(f"{NOVEMBER}/goats"))]
)
def test_a_story_on_an_editorial_listing_is_an_editorial_whatever_kind_of_listing_it_is(body: str) -> None:
    reader = spider_of(replace(LISTED, editorial_listings=("/leaders",)))
    request = next(one for one in started(reader) if one.url.endswith("/leaders"))
    answered(request, body)
    assert {path: story.editorial for path, story in reader.listed.items()} == {f"{NOVEMBER}/goats": True}


def test_an_opinion_piece_is_not_an_editorial() -> None:
    reader = spider_of(replace(LISTED, listings={"/opinion": "Opinion"}, editorial_listings=("/leaders",)))
    answered(started(reader)[-1], page(links("goats")))
    assert [story.editorial for story in reader.listed.values()] == [False]


# --- stories --------------------------------------------------------------------------------------------------------


def story(body: str, paper: Newspaper = LISTED, head: str = "") -> Story:
    reader = spider_of(paper, story=f"{HOME}{NOVEMBER}/goats")
    [request] = started(reader)
    [found] = [
        one
        for one in answered(request, f"<html><head>{head}</head><body>{body}</body></html>")
        if isinstance(one, Story)
    ]
    return found


def test_a_story_is_read_by_the_general_reader() -> None:
    found = story(f"<main><h1>On goats</h1>{TEXT}</main>", head=ld_json(datePublished="2026-11-05T08:00:00Z"))
    assert (found.story_id, found.url) == (f"{NOVEMBER}/goats", f"{HOME}{NOVEMBER}/goats")
    assert (found.title, found.extracted_by, found.completeness) == ("On goats", "general", "full")
    assert found.published_at == "2026-11-05T08:00:00+00:00"


def test_a_story_that_a_paywall_cut_is_stored_as_listed() -> None:
    head = ld_json(headline="On goats", isAccessibleForFree=False, datePublished="2026-11-05T08:00:00Z")
    found = story(
        "<main><p>The first goat crossed the lake on Monday, with forty people on board.</p></main>", head=head
    )
    assert (found.completeness, found.body) == ("listed", None)
    assert found.excerpt == "The first goat crossed the lake on Monday, with forty people on board."


def test_declared_selectors_that_disagree_with_the_general_reader_are_counted_on_a_sample() -> None:
    paper = replace(LISTED, body=("div.more",))
    name = next(f"goat-{n}" for n in range(100) if is_sampled(f"{NOVEMBER}/goat-{n}"))
    reader = spider_of(paper, story=f"{HOME}{NOVEMBER}/{name}")
    [request] = started(reader)
    more = "<p>Readers remember other ferries, and how long the queue at the jetty was in those days.</p>" * 9
    answered(request, page(f"<main><h1>On goats</h1>{TEXT}</main><aside><div class='more'>{more}</div></aside>"))
    counted = reader.crawler.stats
    assert counted
    assert (counted.get_value("akhbar/drift/compared"), counted.get_value("akhbar/drift/apart")) == (1, 1)


# --- days -----------------------------------------------------------------------------------------------------------

DATED = replace(LISTED, dated=("/all/{date}", "/s-{year}-{month}.xml"), editorial_listings=("/leaders",))


def test_a_day_without_a_print_edition_is_read_from_what_is_declared_for_it() -> None:
    reader = spider_of(DATED, edition="2026-11-05")
    assert paths(started(reader)) == ["/all/2026-11-05", "/s-2026-11.xml", "/leaders"]


def test_only_the_days_own_stories_are_taken() -> None:
    reader = spider_of(DATED, edition="2026-11-05")
    listing, month, leaders = started(reader)
    card = "<div><a href='/news/{0}'>{0}</a><time datetime='{1}'></time></div>"
    shown = card.format("goats-cross-the-lake", "2026-11-05T01:00:00+05:00")
    old = card.format("goats-of-other-days", "2026-11-01T01:00:00+05:00")
    answered(listing, page(shown + old + links("boats") + links("anchors", day="/2026/11/04")))
    days = [("a-b-c-1", "2026-11-04T20:00:00Z"), ("a-b-c-2", "2026-11-05T20:00:00Z"), ("a-b-c-3", "")]
    answered(month, sitemap(*(entry(f"/{name}", when) for name, when in days)))
    answered(leaders, page(links("leader") + links("older-leader", day="/2026/11/03")))
    assert {story_id: story.editorial for story_id, story in reader.listed.items()} == {
        "/news/goats-cross-the-lake": False,
        f"{NOVEMBER}/boats": False,
        "/a-b-c-1": False,
        f"{NOVEMBER}/leader": True,
    }
    assert {story.edition_date for story in reader.listed.values()} == {None}


def test_an_editorial_without_a_readable_time_is_of_the_day_of_the_listing() -> None:
    """On the day itself, listings show "about 2 hours ago"."""
    reader = spider_of(replace(DATED, editorial_listings=("/leaders/{date}",)), edition="2026-11-05")
    *_, leaders = started(reader)
    answered(leaders, page(links("a-leader-on-goats", day="/news") + links("older-leader", day="/2026/11/03")))
    assert {story_id: story.editorial for story_id, story in reader.listed.items()} == {"/news/a-leader-on-goats": True}


def test_a_story_that_changed_later_belongs_to_the_sitemap_of_a_single_day() -> None:
    later, earlier = "2026-11-20T08:00:00Z", "2026-10-01T08:00:00Z"
    others = [("/a-b-c-2", later), ("/a-b-c-3", earlier), ("/a-b-c-4", ""), ("/2026/11/04/anchors-of-old", later)]
    for dated in ("/s-{date}.xml", "/s.xml?y={year}&m={month}&d={day}"):
        reader = spider_of(replace(DATED, dated=(dated,)), edition="2026-11-05")
        day = entry("/a-b-c-1", "2026-11-05T08:00:00Z")
        answered(started(reader)[0], sitemap(day, *(entry(path, when) for path, when in others)))
        assert list(reader.listed) == ["/a-b-c-1", "/a-b-c-2"]
        reader = spider_of(replace(DATED, dated=(dated,)), edition="2026-11-05")
        answered(started(reader)[0], sitemap(*(entry(path, when) for path, when in others)))
        assert list(reader.listed) == [], "a sitemap of other days"


def test_a_sitemap_that_cannot_be_read_by_day_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    reader = spider_of(DATED, edition="2026-11-05")
    answered(started(reader)[1], sitemap(entry("/goats-cross-the-lake")))
    assert "cannot be read by day: its entries have no dates" in caplog.text


def test_a_section_of_a_print_edition_can_have_pages() -> None:
    edition = Edition(path="/paper/{section}/{date}", sections={"lake": "Lake"}, schedule="0 7 * * *", due="09:00")
    reader = spider_of(replace(LISTED, edition=edition), edition="2026-11-05")
    [section] = started(reader)
    reader.listings_left = 99
    found = answered(section, page(links("goats") + "<a rel='next' href='?page=2'>Next</a>"))
    assert paths(found) == ["/paper/lake/2026-11-05?page=2"]
    answered(found[0], page(links("boats")))
    assert {(story.section, str(story.edition_date)) for story in reader.listed.values()} == {("Lake", "2026-11-05")}
