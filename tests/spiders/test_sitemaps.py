"""The news sitemap: it lists stories, with the time of the last change."""

from datetime import datetime

import pytest
from scrapy import Request

from tests.spiders.crawl import feed, spider

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
