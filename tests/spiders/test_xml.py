"""XML documents: what counts as a feed or sitemap, and what a hostile one cannot do."""

import pytest

from spiders.xml import parse_xml


@pytest.mark.parametrize(
    "document",
    [
        b"<rss><channel/></rss>",
        b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
        b"<rss><channel><item></channel></rss>",
    ],
)
def test_a_feed_or_sitemap_is_parsed_even_if_it_is_not_well_formed(document: bytes) -> None:
    assert parse_xml(document) is not None


@pytest.mark.parametrize("document", [b"", b"no XML", b"<html><body>Just a moment</body></html>", b"\x00"])
def test_anything_else_is_neither_a_feed_nor_a_sitemap(document: bytes) -> None:
    assert parse_xml(document) is None


def test_entities_are_not_resolved() -> None:
    found = parse_xml(b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><title>&x;</title></rss>')
    assert found is not None
    assert "root:" not in str(found.root.xpath("string()"))
