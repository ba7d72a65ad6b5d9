"""RSS feeds: their items, and the stories that some of them carry whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from akhbar.story import SHORTEST_BODY
from spiders.listings import Card
from spiders.reading.body import fragment_paragraphs, split_body
from spiders.reading.html import Element
from spiders.site import Site

NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}


@dataclass(frozen=True)
class FeedItem:
    """An item of a feed."""

    card: Card
    section: str | None
    content: "Content | None"
    """Its story, if the item carries the whole of it."""


@dataclass(frozen=True)
class Content:
    """A story as a feed item carries it."""

    body: str
    excerpt: str | None
    authors: list[str]
    edition_date: str | None
    image_url: str | None


def read_feed(root: Element, site: Site) -> Iterator[FeedItem | None]:
    """The items of a feed; None for one that is no story of the newspaper."""
    for item in root.iterfind(".//item"):
        link = (item.findtext("link") or item.findtext("guid") or "").strip()
        story_id = site.story_id(link)
        if story_id is None:
            yield None
            continue
        published = site.iso((item.findtext("pubDate") or "").strip())
        card = Card(story_id, urlsplit(link).path, (item.findtext("title") or "").strip(), None, published)
        content = _content(item, card)
        if content is None:
            card.excerpt = " ".join(fragment_paragraphs(item.findtext("description") or "")) or None
        yield FeedItem(card, (item.findtext("category") or "").strip() or None, content)


def _content(item: Element, card: Card) -> Content | None:
    """The story of an item. None if the item is only an excerpt, or if cleaning would reject it: the page may say
    more."""
    encoded = item.findtext("content:encoded", namespaces=NAMESPACES)
    description = item.findtext("description") or ""
    lines, edition = split_body(fragment_paragraphs(encoded or description))
    if not lines or not (encoded or len(lines) > 1) or lines[-1].endswith(("...", "…")):
        return None
    body = "\n\n".join(lines)
    if len(body) < SHORTEST_BODY or not card.title or not card.published_at:
        return None
    excerpt = " ".join(fragment_paragraphs(description)) if encoded else ""
    creators = [(creator.text or "").strip() for creator in item.findall("dc:creator", NAMESPACES)]
    thumbnail = item.find("media:thumbnail", NAMESPACES)
    image = thumbnail.get("url") if thumbnail is not None else None
    return Content(body, excerpt or None, [name for name in creators if name], edition, image)
