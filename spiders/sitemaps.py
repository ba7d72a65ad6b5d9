"""Sitemaps: the stories that a news sitemap lists."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from spiders.listings import Card
from spiders.reading.html import Element
from spiders.site import Site

NAMESPACES = {
    "sitemap": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


def read_sitemap(root: Element, site: Site) -> Iterator[Card | None]:
    """A card per entry, with no title; None for an entry that is no story of the newspaper."""
    for entry in root.iterfind("sitemap:url", NAMESPACES):
        link = (entry.findtext("sitemap:loc", namespaces=NAMESPACES) or "").strip()
        story_id = site.story_id(link)
        if story_id is None:
            yield None
            continue
        times = [
            entry.findtext("sitemap:lastmod", namespaces=NAMESPACES),
            entry.findtext("news:news/news:publication_date", namespaces=NAMESPACES),
        ]
        yield Card(story_id, urlsplit(link).path, "", updated_at=site.iso(*times))
