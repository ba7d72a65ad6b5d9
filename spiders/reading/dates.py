"""The times shown on a page: when a story was published and when it was updated."""

import re
from collections.abc import Iterator

from lxml import etree

from spiders.reading.html import Element, classes, text_of
from spiders.site import Site

LABEL = re.compile(r"\W*(?P<label>(?:last )?updated|published)\b\s*:?", re.IGNORECASE)


def read_times(elements: list[Element], site: Site) -> tuple[str | None, str | None]:
    """(published, updated) from a story's time elements. A time without a label is the publication time.

    A time labelled "Updated" says nothing about publication. Each is ISO 8601, as `YYYY-MM-DD` if there is no time of
    day; unreadable times are skipped.
    """
    published: str | None = None
    updated: str | None = None
    for element in elements:
        label = "published"
        for words in _time_texts(element):
            found = LABEL.match(words)
            if found:
                label = "updated" if "updated" in found["label"].lower() else "published"
                words = words[found.end() :]
            words = words.strip(" \t\r\n\xa0|-–")
            if not any(character.isdigit() for character in words):
                continue
            value = site.iso_or_day(words)
            if label == "updated":
                updated = updated or value
            else:
                published = published or value
    return published, updated


def _time_texts(element: Element) -> Iterator[str]:
    """The texts of a time element in order; from an element with a machine-readable timestamp, only the timestamp."""
    stamp = element.get("title") or element.get("datetime") or ""
    if stamp[:4].isdigit():
        yield stamp
        return
    if element.text and element.text.strip():
        yield element.text
    for child in element.iterchildren(etree.Element):
        if "timestamp--label" in classes(child) or len(child) or child.get("title") or child.get("datetime"):
            yield from _time_texts(child)
        else:
            yield text_of(child)
        if child.tail and child.tail.strip():
            yield child.tail
