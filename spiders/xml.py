"""Parses feeds and sitemaps as XML: repairs common mistakes, enforces size limits, and does not resolve entities."""

import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from html.entities import html5
from xml.sax.saxutils import escape, unescape

from lxml import etree

from spiders.encoding import decode
from spiders.reading.html import Element

MOST_ENTRIES = 50_000
"""The most entries that a sitemap may have (https://www.sitemaps.org/protocol.html). A longer one is broken, and would
keep a crawl busy for days."""
LARGEST = 10 * 1024 * 1024
"""Size limit of a decompressed document in bytes, as for every response: see DOWNLOAD_MAXSIZE."""

XML, STRICT_XML = (
    etree.XMLParser(resolve_entities=False, no_network=True, recover=recover, huge_tree=False, encoding="utf-8")
    for recover in (True, False)
)
ROOTS = ("rss", "urlset", "sitemapindex", "RDF", "feed")

OPENING = re.compile(rb"<(?:\w+:)?(rss|urlset|sitemapindex|RDF|feed)[\s>]")
GZIP = b"\x1f\x8b"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NUMERIC_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,7})|0*([0-9]{1,8}));")
NOT_PLAIN_TEXT = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:#\w+;|(\w{2,32};))?", re.DOTALL)
"""Sections whose text is not XML, and ampersands with the reference that they begin."""
XML_ENTITIES = ("amp;", "lt;", "gt;", "quot;", "apos;")


class UnreadableXMLError(ValueError):
    """A document is not a feed or sitemap, is cut short, or exceeds a limit."""


@dataclass(frozen=True)
class Document:
    """A feed or sitemap."""

    root: Element
    well_formed: bool
    """Whether it is valid XML; if not, parts of it may be missing."""


def read_document(body: bytes, content_type: str | None) -> Document:
    """Parses a feed or sitemap that was served with this `Content-Type`. Raises `UnreadableXMLError`."""
    document = tidy(unpack(body), content_type)
    found = parse_xml(document)
    if found is None:
        return Document(_text_sitemap(document), well_formed=True)
    if not is_complete(document, found.root):
        raise UnreadableXMLError(f"cut short after {len(body)} bytes")
    length = entries(found.root)
    if length > MOST_ENTRIES:
        raise UnreadableXMLError(f"{length:,} entries; a sitemap has at most {MOST_ENTRIES:,}")
    return found


def xml_kind(body: bytes) -> str | None:
    """The name of the root element of a feed or sitemap; None for anything else, such as an HTML page."""
    with suppress(UnreadableXMLError):
        found = OPENING.search(unpack(body)[:5_000])
        return found[1].decode() if found else None
    return None


def unpack(document: bytes) -> bytes:
    """The document, decompressed if it begins with gzip's magic bytes, whatever its name and headers say.

    Raises `UnreadableXMLError` if it is cut short, damaged or larger than `LARGEST`.
    """
    unpacked = b""
    while document.startswith(GZIP):  # a file can have several members, one after the other
        stream = zlib.decompressobj(wbits=31)
        try:
            unpacked += stream.decompress(document, LARGEST + 1 - len(unpacked))
        except zlib.error as error:
            raise UnreadableXMLError(f"damaged gzip: {error}") from None
        if len(unpacked) > LARGEST:
            raise UnreadableXMLError(f"unpacks to more than {LARGEST:,} bytes")
        if not stream.eof:
            raise UnreadableXMLError("gzip, cut short")
        document = stream.unused_data
    return unpacked or document


def tidy(document: bytes, content_type: str | None) -> bytes:
    """A feed or sitemap in UTF-8, without the mistakes that XML parsers reject.

    Anything before the first tag is dropped, and so are control characters, including those written as references.
    HTML entities become characters, and an ampersand that begins no reference is escaped. References to entities that
    the document itself defines are escaped too, so that none can expand.

    >>> tidy(b"<title>Q&A: caf&eacute;s &x; &#11;&amp; tea</title>", None).decode()
    '<title>Q&amp;A: cafés &amp;x; &amp; tea</title>'
    """
    text = CONTROL.sub("", decode(document, content_type))
    if "&#" in text:
        text = NUMERIC_REFERENCE.sub(_numeric, text)
    if "&" in text:
        text = NOT_PLAIN_TEXT.sub(_reference, text)
    return text[max(text.find("<"), 0) :].encode("utf-8", "replace")


def parse_xml(document: bytes) -> Document | None:
    """A feed or sitemap with unresolved entities; None if the document is neither."""
    for parser in (STRICT_XML, XML):
        with suppress(etree.XMLSyntaxError):
            root = etree.fromstring(document, parser)
            if root is not None:
                return Document(root, parser is STRICT_XML) if local_name(root) in ROOTS else None
    return None


def _text_sitemap(document: bytes) -> Element:
    """Converts a plain-text sitemap, which has one URL per line, to XML."""
    lines = unescape(document.decode()).split()
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines):
        raise UnreadableXMLError("not an XML feed or sitemap")
    root = etree.Element("urlset")
    for line in lines[: MOST_ENTRIES + 1]:
        etree.SubElement(etree.SubElement(root, "url"), "loc").text = line
    return root


def entries(root: Element) -> int:
    """How many entries a feed or sitemap has."""
    return sum(1 for _ in root.iter("{*}item", "{*}entry", "{*}url", "{*}sitemap"))


def is_complete(document: bytes, root: Element) -> bool:
    """Whether a feed or sitemap has its end tag; if not, the connection broke without an error."""
    name = f"{root.prefix}:{local_name(root)}" if root.prefix else local_name(root)
    return f"</{name}".encode() in document[-5_000:] or (len(root) == 0 and not (root.text or "").strip())


def local_name(element: Element) -> str:
    """The name of an element without its namespace: sites get the namespaces of feeds and sitemaps wrong."""
    return str(element.tag).rpartition("}")[2]


def _numeric(reference: re.Match[str]) -> str:
    """A reference to a character; empty if XML does not allow the character."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    is_character = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return f"&#{code};" if is_character else ""


def _reference(found: re.Match[str]) -> str:
    whole, name = found[0], found[1]
    if not whole.startswith("&") or whole.startswith("&#") or name in XML_ENTITIES:
        return whole
    if name and name in html5:
        return escape(html5[name])
    return f"&amp;{whole[1:]}"
