"""Sitemaps: the stories that a sitemap lists, and the sitemaps that an index lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urljoin, urlsplit

from akhbar.newspaper import MONTHS
from spiders.listings import Card
from spiders.reading.html import Element
from spiders.site import Site
from spiders.xml import local_name

MOST_CHILDREN = 5
"""How many sitemaps of an index one run reads. An index lists all years, but only the newest sitemaps change."""


MONTH_IN_PATH = re.compile(r"((?:19|20)\d\d)[-_/.]?(1[0-2]|0?[1-9])(?!\d)")
WORDPRESS_NUMBER = re.compile(r"/wp-sitemap-posts-post-(\d+)\.xml")
"""WordPress numbers its sitemaps from the oldest stories to the newest, and its index has no timestamps."""
DATE_IN_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>\d\d?|[a-z]{3})[/-](?P<day>\d\d?)(?=/|$)")


@dataclass(frozen=True)
class ChildSitemap:
    """A sitemap that an index lists."""

    path: str
    """Path and query; the host is the site's."""
    changed_at: datetime | None


def read_sitemap(root: Element, site: Site) -> Iterator[Card | None]:
    """One card per entry, with the title from a news sitemap; None for an entry that is not one of the newspaper's
    stories.

    The namespace is ignored: sites write it with https, misspell it or leave it out.
    """
    for entry in root.iterfind("{*}url"):
        link = (entry.findtext("{*}loc") or "").strip()
        title = " ".join((entry.findtext("{*}news/{*}title") or "").split())
        published = entry.findtext("{*}news/{*}publication_date")
        yield _card(link, site, title, published, entry.findtext("{*}lastmod"))


def is_index(root: Element) -> bool:
    return local_name(root) == "sitemapindex"


def is_news_sitemap(root: Element) -> bool:
    """Whether a sitemap is a news sitemap, which lists recent stories only."""
    return next(root.iter("{*}publication_date"), None) is not None


def date_in(path: str) -> date | None:
    """The date in a path such as /world/2026/nov/05/…, or None."""
    found = DATE_IN_PATH.search(path)
    if found is None:
        return None
    month = MONTHS.index(found["month"]) + 1 if found["month"] in MONTHS else found["month"]
    try:
        return date(int(found["year"]), int(month), int(found["day"]))
    except ValueError:
        return None


def children_to_read(root: Element, site: Site) -> list[ChildSitemap]:
    """The sitemaps of an index to read: those on the newspaper's own hosts that match the declared pattern, newest
    first, at most `MOST_CHILDREN`. Without timestamps, the year and month in their paths count, or WordPress's number;
    those without either come last, in the order of the index."""
    children = []
    pattern = re.compile(site.paper.child_sitemaps or "")
    for entry in root.iterfind("{*}sitemap"):
        path = site.own_path(urljoin(site.paper.home_page, (entry.findtext("{*}loc") or "").strip()))
        if path and pattern.search(urlsplit(path).path):
            children.append(ChildSitemap(path, site.timestamp(entry.findtext("{*}lastmod"))))
    distinct = list({child.path: child for child in children}.values())
    oldest = datetime.min.replace(tzinfo=UTC)
    dated = any(child.changed_at for child in distinct)

    def age(child: ChildSitemap) -> tuple[datetime, list[int]]:
        named = None if dated else MONTH_IN_PATH.search(child.path) or WORDPRESS_NUMBER.search(child.path)
        return child.changed_at or oldest, [int(part) for part in named.groups()] if named else []

    return sorted(distinct, key=age, reverse=True)[:MOST_CHILDREN]


def _card(link: str, site: Site, title: str, published: str | None, changed: str | None) -> Card | None:
    story_id = site.story_id(link)
    if story_id is None:
        return None
    return Card(story_id, urlsplit(link).path, title, None, site.iso(published), site.iso(changed))
