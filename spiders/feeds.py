"""Feeds in RSS, RDF and Atom: their items, and the full stories that some of them contain."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from akhbar.dates import is_day
from akhbar.languages import words
from akhbar.story import SHORTEST_BODY
from spiders.listings import Card
from spiders.reading.body import BLOCKS, fragment_paragraphs, split_body
from spiders.reading.html import Element
from spiders.site import Site
from spiders.xml import Document

CONTENT, DC, MEDIA = (
    "http://purl.org/rss/1.0/modules/content/",
    "http://purl.org/dc/elements/1.1/",
    "http://search.yahoo.com/mrss/",
)
PREFIXES = {"content": CONTENT, "dc": DC, "media": MEDIA}
"""Namespaces of these prefixes in a feed that does not declare them."""
FOREIGN = {DC: ("creator", "date"), MEDIA: ("thumbnail",), MEDIA.rstrip("/"): ("thumbnail",)}
"""The elements of other vocabularies that are read. feedparser would treat other elements of these vocabularies, such
as `media:description`, as the item's own."""
NOT_READ = ("http://www.itunes.com/dtds/podcast-1.0.dtd", "http://www.itunes.com/DTDs/PodCast-1.0.dtd")

BREAKS_OFF = re.compile(
    rf"(?:(?:…|\.\s?\.\s?\.|[\[(]\s*more\s*[\])]|\b(?:{words('continued')}))[\s.\])\"'”’»›→>]*"
    r"|\b(?:continue|keep) reading\b.{0,200})\Z",
    re.IGNORECASE | re.DOTALL,
)
"""The end of an excerpt: "of which […]", "in the middle...", "of it. Continue reading →"."""
LEADS_TO_PAGE = re.compile(
    r"(?:the post\b.* (?:first )?appeared (?:first )?(?:on|in)\b.*"
    r"|(?:(?:click|tap) (?:here )?(?:to |for )?)?(?:read|view|see|get)?\s*(?:the )?"
    r"(?:full|whole|complete|entire|original|rest|more)"
    r"(?: (?:of )?(?:the |this )?(?:story|article|report|post|text|news))?(?: (?:here|at|on|in)\b[^:]*)?)"
    r"[\s.\])\"'”’»›→>]*",
    re.IGNORECASE,
)
"""A line that refers the reader of an excerpt to the page."""
LINK = re.compile(r"<a\b.*?(?:</a\s*>|\Z)|https?://[^\s<]+", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"</?([a-z][a-z0-9]*)\b[^<>]*>", re.IGNORECASE)
AUTHOR = re.compile(r"\S+@\S+?\s*\(([^)]*)\)")


@dataclass(frozen=True)
class FeedItem:
    """An item of a feed."""

    card: Card
    section: str | None
    content: "Content | None"
    """The story, if the item contains all of it."""


@dataclass(frozen=True)
class Content:
    """A full story in a feed item."""

    body: str
    excerpt: str | None
    authors: list[str]
    edition_date: str | None
    image_url: str | None


def read_feed(document: Document, site: Site, address: str) -> Iterator[FeedItem | None]:
    """The items of a feed; None for an item that is not one of the newspaper's stories. Changes the document.

    Relative links are resolved against the feed's own `address`. If a feed is not well-formed, parts of it can be
    missing, so its items are never used as full stories.
    """
    import feedparser  # takes a tenth of a crawl's start-up time, and crawls of an edition read no feeds

    _drop_foreign(document.root)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": address}
    text = io.BytesIO(etree.tostring(document.root, encoding="utf-8"))  # feedparser could read bytes as a file name
    feed = feedparser.parse(text, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    excerpts_only = "wordpress" in (feed.feed.get("generator") or "").lower()
    for item in feed.entries:
        link = _link(item, site, address)
        story_id = site.story_id(link)
        if story_id is None:
            yield None
            continue
        published, updated = _times(item, site, feed.version)
        card = Card(
            story_id, urlsplit(link).path, _title(item), None, site.iso(published), updated, not is_day(published)
        )
        content = _content(item, card, excerpts_only) if document.well_formed else None
        if content is None and "summary_detail" in item:
            card.excerpt = _excerpt(_html(item["summary_detail"]))
        yield FeedItem(card, _section(item), content)


def _drop_foreign(root: Element) -> None:
    """Drops elements that feedparser would mistake for an item's own, and names that XML does not allow. A picture in
    an item's `image` becomes its thumbnail: RSS has an `image` only for the whole feed."""
    for item in root.iterfind(".//item"):
        image, picture = item.find("image"), item.find("image/img")
        if image is not None and picture is not None:
            etree.SubElement(item, f"{{{MEDIA}}}thumbnail", url=picture.get("src") or "")
            item.remove(image)
    for element in list(root.iter(etree.Element)):
        prefix, colon, name = str(element.tag).rpartition(":")
        if colon and not prefix.startswith("{") and prefix in PREFIXES:
            element.tag = f"{{{PREFIXES[prefix]}}}{name}"
        namespace, _, name = str(element.tag).lstrip("{").rpartition("}")
        if (namespace in FOREIGN and name not in FOREIGN[namespace]) or namespace in NOT_READ or ":" in name:
            _drop(element)
            continue
        for attribute in [key for key in element.attrib if ":" in str(key) and not str(key).startswith("{")]:
            del element.attrib[attribute]


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _link(item: Any, site: Site, address: str) -> str:
    """The URL of an item's story: its link or its identifier, whichever is the first that leads to a story."""
    links = [item.get("link"), *(link.get("href") for link in item.get("links", ())), item.get("id")]
    found = [urljoin(address, link.strip()) for link in links if link and link.strip()]
    return next((link for link in found if site.story_id(link)), found[0] if found else "")


def _title(item: Any) -> str:
    """The title as text: in some feeds it contains HTML."""
    detail = item.get("title_detail") or {}
    value = detail.get("value") or ""
    if detail.get("type") != "text/plain":
        value = " ".join(fragment_paragraphs(value))
    return " ".join(value.split())


def _section(item: Any) -> str | None:
    tag = next(iter(item.get("tags", ())), None)
    name = (tag.get("label") or tag.get("term") or "").strip() if tag else ""
    return name or None


def _times(item: Any, site: Site, version: str) -> tuple[str | None, str | None]:
    """When the story was published and updated. RSS and RDF may have only Dublin Core's date, which means published."""
    published = item.get("published") if "published" in item else None
    updated = item.get("updated") if "updated" in item else None
    if not published and not version.startswith("atom"):
        published, updated = updated, None
    return site.iso_or_day(published), site.iso(updated)


def _content(item: Any, card: Card, excerpts_only: bool) -> Content | None:
    """The full story in an item. None if the item is only an excerpt, or if cleaning would reject it: the page may
    have more."""
    encoded = next((_html(part) for part in item.get("content", ())), "")
    description = _html(item["summary_detail"]) if "summary_detail" in item else ""
    html = encoded or description
    lines, edition = split_body(fragment_paragraphs(html))
    if not lines or not (encoded or (len(lines) > 1 and not excerpts_only)) or _is_excerpt(html, lines):
        return None
    body = "\n\n".join(lines)
    if len(body) < SHORTEST_BODY or not card.title or not card.published_at or _is_only_links(html):
        return None
    excerpt = _excerpt(description) if encoded else None
    thumbnail = next((shown.get("url") for shown in item.get("media_thumbnail", ())), None)
    return Content(body, excerpt, _authors(item), edition, thumbnail)


def _excerpt(description: str) -> str | None:
    """The text of a description, without "The post … appeared first on …"."""
    lines = (line for line in fragment_paragraphs(description) if not LEADS_TO_PAGE.fullmatch(line))
    return " ".join(lines) or None


def _html(part: Any) -> str:
    """A part of an item as HTML; plain text is escaped."""
    value: str = part.get("value") or ""
    return value if "html" in part.get("type", "html") else escape(value)


def _is_excerpt(fragment: str, story: list[str]) -> bool:
    """Whether the text of an item breaks off or refers the reader to the page. `story` is its paragraphs, without the
    links to other pages."""
    shown = [line for text in unescape(TAG.sub(_line_end, fragment)).splitlines() if (line := " ".join(text.split()))]
    endings = (*shown[-2:], story[-1])
    return any(BREAKS_OFF.search(line) for line in endings) or any(LEADS_TO_PAGE.fullmatch(line) for line in shown)


def _line_end(tag: re.Match[str]) -> str:
    return "\n" if tag[1].lower() in BLOCKS or tag[1].lower() == "br" else ""


def _is_only_links(fragment: str) -> bool:
    """Whether hardly any text is left when the links are removed."""
    if "<a" not in fragment.lower() and "://" not in fragment:
        return False
    return len("".join(fragment_paragraphs(LINK.sub(" ", fragment)))) < SHORTEST_BODY


def _authors(item: Any) -> list[str]:
    """The names of an item's authors: the name from "none@none.com (Name)", nothing from a bare email address."""
    names = []
    for author in item.get("authors", ()):
        name = (author.get("name") or "").strip()
        if with_address := AUTHOR.fullmatch(name):
            name = with_address[1].strip()
        if name and "@" not in name and "://" not in name:
            names.append(name)
    return list(dict.fromkeys(names))
