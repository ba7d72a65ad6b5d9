"""Bylines: the names of a story's authors as shown on its page.

A byline with several names and no links is kept as one text here; `akhbar.steps.clean.authors` splits it.
"""

import re
from collections.abc import Collection, Iterator, Set

from lxml import etree

from spiders.reading.html import Element, text_of

CREDIT = (
    r"(?:additional|reported|reporting|report|written|edited|editing|compiled|story|words|text|photos?|by|and|with|اور)"
)
CONNECTIVES = re.compile(rf"^(?:[\W_]|\b{CREDIT}\b)+|(?:[\W_]|\b{CREDIT}\b)+$", re.IGNORECASE)
"""Text before, between and after names: "By", "and", "additional reporting by", a comma."""
TIME = re.compile(
    r"[\s|,;(–—-]*(?:\b(?:(?:last )?(?:updated|published|posted)|yesterday)\b|\d+ (?:comments?|shares?)\b"
    r"|\b(?:a|an|one|\d+) [a-z]+ (?:ago|read)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b(?=,|$|\s+\d)"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th)? )?(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*\.? \d"
    r"|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(?:19|20)\d\d\b|\d:\d\d).*",
    re.IGNORECASE,
)
"""A time, and what follows it: "Updated 22 Jan", "| 5 min read", "Friday, January 22"."""
PLACE_OR_ROLE = re.compile(
    r"^(?:in|from|at)\s|^(?:(?:senior|staff|special|chief|political|contributing)\s+)*"
    r"(?:reporter|correspondent|editor|writer|columnist)\b",
    re.IGNORECASE,
)
"""Text between links that is not a name: "in Lahore", "Staff Reporter"."""
PARTICLES = ("al", "bin", "da", "de", "den", "der", "di", "du", "el", "ibn", "la", "le", "ul", "van", "von")
"""Lower-case words that a name can begin with. Any other text that begins in lower case is prose, such as "is a
lawyer"."""
LINK_TO_CONTACT = re.compile(
    r"\W*(?:\S*@\S+|https?:\S+|follow\b.*|e-?mail|contact|twitter|facebook|instagram|linkedin|x|rss)\W*", re.IGNORECASE
)
BREAKS = ("br", "div", "li", "p", "td", "tr", "ul")
"""Elements of a byline that start a new line."""


def read_authors(bylines: list[Element]) -> list[str]:
    """The authors from the first byline that contains any."""
    for byline in bylines:
        names = [name for name in names_in(byline) if name and not is_editorial_byline(name)]
        if names:
            return names
    return []


def names_in(byline: Element, left_out: Set[Element] = frozenset()) -> list[str]:
    """The names in a byline, "Editorial" too, without the elements in `left_out`: the text of each link and the names
    in the text between links; the whole text if there are no links.

    Links with nothing between them are separate names, as are lines.
    """
    names: list[str] = []
    parts = list(_parts(byline, left_out))
    linked = any(link is not None for _, link in parts)
    for text, link in parts:
        name = TIME.sub("", " ".join((text if link is None else text_of(link)).split()))
        if link is None and linked:
            name = CONNECTIVES.sub("", name)
        if not name or (link is not None and LINK_TO_CONTACT.fullmatch(name)):
            continue
        if link is None and linked and not _may_be_name(name):
            continue
        names.append(name)
    return list(dict.fromkeys(names))


def _may_be_name(text: str) -> bool:
    first = text.partition(" ")[0]
    prose = first.islower() and first not in PARTICLES
    return not (prose or PLACE_OR_ROLE.search(text) or any(map(str.isdigit, text)))


def _parts(byline: Element, left_out: Set[Element]) -> Iterator[tuple[str, Element | None]]:
    """The parts of a byline in order: its links, and the lines of text before, between and after them."""
    between, link = "", None
    walk = etree.iterwalk(byline, events=("start", "end", "comment"))
    for event, node in walk:
        if event == "start" and node in left_out:
            walk.skip_subtree()
            continue
        if link is None and node is not byline and node.tag in BREAKS:
            yield between, None
            between = ""
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
    """Whether a byline's text or the URL it links to says that the story is an editorial."""
    links = [link for byline in bylines for link in byline.iter("a")]
    linked = any((link.get("href") or "").rstrip("/").endswith("/editorial") for link in links)
    return linked or any(is_editorial_byline(text_of(byline)) for byline in bylines)
