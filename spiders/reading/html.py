"""HTML pages as trees of elements."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias, cast

from lxml import etree
from lxml.cssselect import CSSSelector

Element: TypeAlias = etree._Element
Select = Callable[[Element], list[Element]]
"""Finds elements in an element, in document order."""

ROOT_ELEMENT = re.compile(rb"<(html|rss|urlset)\b", re.IGNORECASE)
TEXT = etree.XPath("string()", smart_strings=False)
"""All text in an element; lxml's smart strings would keep the whole tree alive."""


def css(selector: str) -> Select:
    """A compiled CSS selector.

    Alternatives become one condition: libxml2 sorts a union in time quadratic in its length.
    """
    alternatives = "," in selector and " " not in selector.replace(", ", ",")
    return cast(Select, CSSSelector(f":is({selector})" if alternatives else selector, translator="html"))


def parse(page: bytes, encoding: str) -> Element:
    """The root element of an HTML page. Raises `etree.ParserError` if the page has no element.

    Plain lxml elements: those of `lxml.html` cost a third of the time of reading a story page.
    """
    root = etree.fromstring(_in_utf_8(page, encoding), etree.HTMLParser(encoding="utf-8"))
    if root is None:
        raise etree.ParserError("not a single element")
    return root


def _in_utf_8(page: bytes, declared: str) -> bytes:
    """The page in UTF-8. Bytes that are valid UTF-8 are UTF-8, whatever the server says: other text hardly ever is.

    Encodings are decoded by Python, since libxml2 knows only half of them. An encoding that is not one of text, such as
    "hex", is ignored.
    """
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        with suppress(LookupError, UnicodeError):
            return page.decode(declared, "replace").encode("utf-8", "replace")
    return page


def is_cut_short(document: bytes) -> bool:
    """Whether an HTML page, feed or sitemap has no end: the connection broke without an error.

    >>> is_cut_short(b"<html><body><p>The minis"), is_cut_short(b"<p>All of a fragment</p>")
    (True, False)
    """
    root = ROOT_ELEMENT.search(document, 0, 5_000)
    return root is not None and b"</" + root[1].lower() not in document[-5_000:].lower()


def text_of(element: Element) -> str:
    """The text of an element, white space folded."""
    return " ".join(str(TEXT(element)).split())


def classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())
