"""Bylines: the names of a story's authors as its page shows them.

A byline of several names without links stays one text here; `akhbar.steps.clean.authors` splits it.
"""

import re
from collections.abc import Collection, Iterator

from lxml import etree

from spiders.reading.html import Element, text_of

CONNECTIVES = re.compile(
    r"^(?:[\W_]|\b(?:reported|written|report|story|words|text|photos?|by|and|with)\b)+|(?:[\W_]|\b(?:and|with|by)\b)+$",
    re.IGNORECASE,
)
"""What stands between two names: "By", "and", a comma."""
NO_NAME = re.compile(
    r"\d|\b(?:updated|published|posted|last|min(?:ute)?s? read|ago)\b|^(?:in|from|at)\s", re.IGNORECASE
)
"""In a byline's text, what shows that it is a time or a place: "Updated 22 Jan", "in Lahore"."""


def read_authors(bylines: list[Element]) -> list[str]:
    """The authors of the first byline that names any."""
    for byline in bylines:
        names = [name for name in _names(byline) if name and not is_editorial_byline(name)]
        if names:
            return names
    return []


def _names(byline: Element) -> list[str]:
    """The name of each link and what the text between them names; the whole text, if there are no links.

    Links with nothing between them are separate names.
    """
    links = list(byline.iter("a"))
    if not links:
        return [text_of(byline)]
    names: list[str] = []
    for text, link in _parts(byline):
        if link is not None:
            names.append(text_of(link))
        elif (name := CONNECTIVES.sub("", " ".join(text.split()))) and not NO_NAME.search(name):
            names.append(name)
    return list(dict.fromkeys(names))


def _parts(byline: Element) -> Iterator[tuple[str, Element | None]]:
    """The byline in order: its links, and the text before, between and after them."""
    between, link = "", None
    for event, node in etree.iterwalk(byline, events=("start", "end", "comment")):
        if event == "start" and link is None and node.tag == "a":
            yield between, None
            yield "", node
            between, link = "", node
        elif event == "start" and link is None:
            between += node.text or ""
        elif event != "start":
            link = None if node is link else link
            if link is None and node is not byline:
                between += node.tail or ""
    yield between, None


def without_own_names(names: list[str], own_names: Collection[str]) -> list[str]:
    """The names of people and agencies, without those of the newspaper itself."""
    return [name for name in names if name.casefold() not in own_names and not is_editorial_byline(name)]


def is_editorial_byline(name: str) -> bool:
    """Whether a byline says only that the story is an editorial, which has no author."""
    return name.lower() == "editorial"


def is_by_editorial(bylines: list[Element]) -> bool:
    """Whether a byline says, in words or by the address that it links to, that the story is an editorial."""
    links = [link for byline in bylines for link in byline.iter("a")]
    linked = any((link.get("href") or "").rstrip("/").endswith("/editorial") for link in links)
    return linked or any(is_editorial_byline(text_of(byline)) for byline in bylines)
