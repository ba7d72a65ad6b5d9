"""Feeds and sitemaps as trees of elements."""

from lxml import etree

from spiders.reading.html import Element

MOST_ENTRIES = 50_000
"""The most entries that a sitemap may have (https://www.sitemaps.org/protocol.html). A longer one is broken, and would
keep a crawl busy for days."""

XML = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
ROOTS = ("rss", "urlset", "RDF", "feed")


def parse_xml(document: bytes) -> Element | None:
    """The root of a feed or sitemap, with entities unresolved; None if the document is neither."""
    try:
        root = etree.fromstring(document, XML)
    except etree.XMLSyntaxError:
        return None
    return root if root is not None and root.tag.rpartition("}")[2] in ROOTS else None
