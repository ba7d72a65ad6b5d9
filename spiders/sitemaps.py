"""Sitemaps: the stories that a sitemap lists, and the sitemaps that an index lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from spiders.listings import Card
from spiders.reading.html import Element
from spiders.site import Site
from spiders.xml import local_name

MOST_CHILDREN = 5
"""How many sitemaps of an index one run reads. An index lists all years, but only the newest sitemaps change."""


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


def children_to_read(root: Element, site: Site) -> list[ChildSitemap]:
    """The sitemaps of an index to read: those on the newspaper's own hosts, newest first, at most `MOST_CHILDREN`.
    Those without a timestamp come last, in the order of the index."""
    children = []
    for entry in root.iterfind("{*}sitemap"):
        address = urlsplit(urljoin(site.paper.home_page, (entry.findtext("{*}loc") or "").strip()))
        if site.is_own_host(address.netloc) and address.path.strip("/"):
            path = address._replace(scheme="", netloc="", fragment="").geturl()
            children.append(ChildSitemap(path, site.timestamp(entry.findtext("{*}lastmod"))))
    distinct = list({child.path: child for child in children}.values())
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(distinct, key=lambda child: child.changed_at or oldest, reverse=True)[:MOST_CHILDREN]


def _card(link: str, site: Site, title: str, published: str | None, changed: str | None) -> Card | None:
    story_id = site.story_id(link)
    if story_id is None:
        return None
    return Card(story_id, urlsplit(link).path, title, None, site.iso(published), site.iso(changed))
