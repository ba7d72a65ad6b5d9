"""Bylines: the names of a story's authors as its page shows them.

A byline of several names without links stays one text here; `akhbar.steps.clean.authors` splits it.
"""

from collections.abc import Collection

from spiders.reading.html import Element, text_of


def read_authors(bylines: list[Element]) -> list[str]:
    """The authors of the first byline that names any: one per link, else the byline's text."""
    for byline in bylines:
        names = [text_of(link) for link in byline.iter("a")] or [text_of(byline)]
        names = [name for name in names if name and not is_editorial_byline(name)]
        if names:
            return names
    return []


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
