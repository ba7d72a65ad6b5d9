"""The news sitemap: it lists stories, with the time of the last change."""

import gzip
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy import Request
from twisted.python.failure import Failure

from spiders.sitemaps import read_sitemap
from spiders.xml import read_document
from tests.spiders.crawl import feed, outcomes, spider
from tests.spiders.dawn import SITE

SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{}</urlset>'
)


def entry(link: str, more: str = "") -> str:
    return f"<url><loc> {link} </loc>{more}</url>"


def published(instant: str) -> str:
    return f"<news:news><news:publication_date>{instant}</news:publication_date></news:news>"


def read(*entries: str) -> list[Request]:
    """The requests for stories after a sitemap of these entries."""
    reader = spider(mode="latest")
    reader.listings_left = 1
    return list(reader.parse_sitemap(feed("/feeds/sitemap", SITEMAP.format("".join(entries)))))


def test_only_the_newspapers_own_stories_are_fetched_from_their_listed_addresses() -> None:
    links = ["https://www.dawn.com/news/7/ferries", "https://images.dawn.com/news/8", "https://www.dawn.com/news/9"]
    found = read(*(entry(link) for link in links))
    assert [one.url for one in found] == [links[0], links[2]]


@pytest.mark.parametrize(
    ("times", "changed_at"),
    [
        ("<lastmod>2016-01-22T08:00:00+05:00</lastmod>", "2016-01-22T08:00:00+05:00"),
        (published("2016-01-22T07:00:00+05:00"), "2016-01-22T07:00:00+05:00"),
        (
            f"{published('2016-01-22T07:00:00+05:00')}<lastmod>2016-01-22T08:00:00+05:00</lastmod>",
            "2016-01-22T08:00:00+05:00",
        ),
        ("<lastmod>soon</lastmod>", None),
        ("", None),
    ],
)
def test_the_last_change_of_a_story_is_read(times: str, changed_at: str | None) -> None:
    [found] = read(entry("https://www.dawn.com/news/7", times))
    assert found.meta["changed_at"] == (datetime.fromisoformat(changed_at) if changed_at else None)


def test_the_latest_change_that_any_listing_shows_wins() -> None:
    reader = spider(mode="latest")
    for hour in ("08", "09", "07"):
        reader.listings_left = 1
        listed = entry("https://www.dawn.com/news/7", f"<lastmod>2016-01-22T{hour}:00:00+05:00</lastmod>")
        [last] = reader.parse_sitemap(feed("/feeds/sitemap", SITEMAP.format(listed)))
    assert last.meta["changed_at"] == datetime.fromisoformat("2016-01-22T09:00:00+05:00")


# --- forms ----------------------------------------------------------------------------------------------------------

LINK = "https://www.dawn.com/news/7/ferries"
URL = f"<url><loc>{LINK}</loc><lastmod>2016-01-22T08:00:00+05:00</lastmod></url>"


def read_bytes(body: bytes, path: str = "/feeds/sitemap") -> list[Request]:
    reader = spider(mode="latest")
    reader.listings_left = 1
    response = feed(path, "")
    response.request.meta["role"] = "sitemap"  # type: ignore[union-attr]
    return list(reader.parse_sitemap(response.replace(body=body)))


@pytest.mark.parametrize(
    "root",
    [
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>',
        '<urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>',
        '<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">{}</urlset>',
        "<urlset>{}</urlset>",
    ],
)
@pytest.mark.parametrize("pack", [lambda body: body, gzip.compress])
def test_a_sitemap_is_read_in_any_namespace_and_unpacked_by_its_content(root: str, pack: Any) -> None:
    [found] = read_bytes(pack(root.format(URL).encode()))
    assert (found.url, found.meta["story_id"]) == (LINK, "7")
    assert found.meta["changed_at"] == datetime.fromisoformat("2016-01-22T08:00:00+05:00")


def test_a_sitemap_can_be_plain_text() -> None:
    assert [one.url for one in read_bytes(f"{LINK}\nhttps://www.dawn.com/authors/1\n".encode())] == [LINK]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(SITEMAP.format(URL).encode(), mtime=0)[:-9], "gzip, cut short"),
        (b"\x1f\x8b\x08 and no more of it", "damaged gzip"),
        (gzip.compress(b"<urlset>" + b" " * 11 * 2**20 + b"</urlset>", mtime=0), "unpacks to more than"),
    ],
)
def test_a_broken_or_huge_gzip_file_is_recorded_as_failed(body: bytes, reason: str) -> None:
    reader = spider(mode="latest")
    seen = outcomes(reader)
    list(reader.parse_sitemap(feed("/feeds/sitemap", "").replace(body=body)))
    assert [outcome for _, outcome, _ in seen] == ["failed"]
    assert reason in (seen[0][2] or "")


def child(path: str, day: str = "") -> str:
    changed = f"<lastmod>2016-01-{day}</lastmod>" if day else ""
    return f"<sitemap><loc>https://www.dawn.com{path}</loc>{changed}</sitemap>"


def test_the_newest_sitemaps_of_an_index_are_fetched_before_any_story() -> None:
    children = [child(f"/sitemap-{day}.xml?page=2", day) for day in ("11", "17", "13", "16", "12", "15", "14")]
    other_host = "<sitemap><loc>https://images.dawn.com/sitemap.xml</loc></sitemap>"
    index = f"<sitemapindex>{child('/undated.xml')}{''.join(children)}{other_host}</sitemapindex>"
    found = read_bytes(index.encode())
    newest = [f"https://www.dawn.com/sitemap-{day}.xml?page=2" for day in (17, 16, 15, 14, 13)]
    assert [one.url for one in found] == newest
    assert all(one.dont_filter and one.meta["role"] == "sitemap" for one in found)


def test_an_index_inside_an_index_is_not_followed() -> None:
    reader = spider(mode="latest")
    reader.listings_left = 1
    index = f"<sitemapindex>{child('/a.xml')}</sitemapindex>"
    [request] = reader.parse_sitemap(feed("/sitemap.xml", index))
    assert list(reader.parse_sitemap(feed("/a.xml", index), **request.cb_kwargs)) == []


def failure(request: Request) -> Failure:
    found = Failure(TimeoutError())  # type: ignore[no-untyped-call]
    found.request = request  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("lost", ["no answer", "no sitemap"])
def test_an_index_without_stories_is_reported_although_one_of_its_sitemaps_fails(lost: str) -> None:
    reader = spider(mode="latest")
    reader.listings_left = 1
    index = f"<sitemapindex>{child('/a.xml')}{child('/b.xml')}</sitemapindex>"
    first, second = reader.parse_sitemap(feed("/sitemap.xml", index))
    if lost == "no answer":
        list(reader.listing_failed(failure(first)))
    else:
        list(reader.parse_sitemap(feed("/a.xml", "Hello").replace(request=first), **first.cb_kwargs))
    others = SITEMAP.format(entry("https://www.dawn.com/contact"))
    list(reader.parse_sitemap(feed("/b.xml", others).replace(request=second), **second.cb_kwargs))
    assert reader.crawler.stats.get_value("akhbar/barren/sitemap.xml") == 1


@pytest.mark.parametrize("day", ["", "2016-01-22T08:00:00+05:00"])
def test_times_that_are_those_of_the_sitemap_itself_say_nothing(day: str) -> None:
    when = day or datetime.now(UTC).isoformat()
    found = read(*(entry(f"https://www.dawn.com/news/{number}", f"<lastmod>{when}</lastmod>") for number in (7, 8, 9)))
    assert [one.meta["changed_at"] for one in found] == [None] * 3


def test_one_older_story_shows_that_the_times_are_those_of_stories() -> None:
    now, before = datetime.now(UTC), datetime(2016, 1, 22, tzinfo=UTC)
    times = (now.isoformat(), before.isoformat())
    found = read(*(entry(f"https://www.dawn.com/news/{n}", f"<lastmod>{t}</lastmod>") for n, t in enumerate(times, 7)))
    assert [one.meta["changed_at"] for one in found] == [now, before]


def test_the_title_and_time_of_a_news_sitemap_are_kept() -> None:
    news = "<news:title>Ferries &amp; boats</news:title><news:publication_date>2016-01-22</news:publication_date>"
    document = SITEMAP.format(f"<url><loc>{LINK}</loc><news:news>{news}</news:news></url>")
    [card] = read_sitemap(read_document(document.encode(), None).root, SITE)
    assert card is not None
    assert (card.title, card.published_at) == ("Ferries & boats", "2016-01-22T00:00:00+05:00")
