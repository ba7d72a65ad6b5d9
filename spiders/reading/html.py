"""Parses HTML pages into element trees."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias, cast
from urllib.parse import urljoin

from cssselect import HTMLTranslator
from cssselect import parse as parse_selector
from lxml import etree
from lxml.cssselect import CSSSelector

from akhbar.story import web_address
from spiders.encoding import to_utf_8

Element: TypeAlias = etree._Element
Select = Callable[[Element], list[Element]]
"""Finds elements within an element, in document order."""

SIDE = ("aside", "header", "footer", "nav")
"""Elements outside a page's main column."""

ROOT_ELEMENT = re.compile(rb"<(html|rss|urlset)\b", re.IGNORECASE)
TEXT = etree.XPath("string()", smart_strings=False)
"""All text in an element; lxml's smart strings would keep the whole tree alive."""


def css(selector: str) -> Select:
    """A compiled CSS selector.

    Alternatives become one condition, because libxml2 sorts a union in quadratic time.
    """
    alternatives = "," in selector and " " not in selector.replace(", ", ",")
    return cast(Select, CSSSelector(f":is({selector})" if alternatives else selector, translator="html"))


def css_parts(selector: str) -> tuple[Select, ...]:
    """The compiled alternatives of a CSS selector, which commas separate."""
    translator = HTMLTranslator()
    return tuple(xpath(translator.selector_to_xpath(part)) for part in parse_selector(selector))


def xpath(path: str) -> Select:
    """A compiled XPath expression that selects elements."""
    return cast(Select, etree.XPath(path, smart_strings=False))


class ParserLimitError(Exception):
    """A page exceeds a limit of the parser, which would drop the rest of the page."""


def parse(page: bytes, content_type: str | None) -> Element:
    """The root element of an HTML page that was served with this `Content-Type`.

    Uses plain lxml elements, because creating those of `lxml.html` would take a third of the time of reading a story
    page. Raises `etree.ParserError` if the page has no elements, and `ParserLimitError` if the tree would be
    incomplete, for example because elements are nested more than 2,048 deep.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(to_utf_8(page, content_type), parser)
    error = parser.error_log.last_error
    if error is not None and error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        raise ParserLimitError(error.message)
    if root is None:
        raise etree.ParserError("not a single element")
    return root


def resolve_links(root: Element, address: str) -> None:
    """Makes the relative links of a page absolute, as a browser does: relative to its `<base href>`, or else to its
    own `address`.

    >>> page = etree.HTML('<base href="/a/"><a href="b/7"></a>')
    >>> resolve_links(page, "https://example.org/c")
    >>> page.find(".//a").get("href")
    'https://example.org/a/b/7'
    """
    base = next((href for element in root.iter("base") if (href := element.get("href"))), None)
    with suppress(ValueError):  # an invalid URL in `<base>` is ignored
        address = urljoin(address, base.strip()) if base else address
    unaffected = ("#", "http:", "https:") if base else ("#", "http:", "https:", "/")
    for link in root.iter("a", "area"):
        href = (link.get("href") or "").strip()
        if href and not href.startswith(unaffected):
            with suppress(ValueError):
                link.set("href", urljoin(address, href))


def web_address_at(page: str, url: str) -> str | None:
    """The absolute form of a URL on a page; None if it is no http or https URL."""
    url = url.strip()
    with suppress(ValueError):
        return web_address(url) or web_address(urljoin(page, url))
    return None


def is_cut_short(document: bytes) -> bool:
    """Whether an HTML page, feed or sitemap has no end tag.

    HTML does not require one: a page is incomplete only if, in addition, its length was unknown and the response ended
    when the server closed the connection. XML requires one.

    >>> is_cut_short(b"<html><body><p>The minis"), is_cut_short(b"<p>All of a fragment</p>")
    (True, False)
    """
    root = ROOT_ELEMENT.search(document, 0, 5_000)
    return root is not None and b"</" + root[1].lower() not in document[-5_000:].lower()


def text_of(element: Element) -> str:
    """The text of an element, with white space collapsed."""
    return " ".join(str(TEXT(element)).split())


def classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())


def remove(node: Element) -> None:
    """Removes an element from its tree and keeps the text that follows it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)
