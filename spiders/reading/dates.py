"""The times shown on a page: when a story was published and when it was updated."""

import re
from collections.abc import Iterator

from lxml import etree

from akhbar.dates import is_day
from akhbar.languages import words
from spiders.reading.html import Element, classes, text_of
from spiders.site import Site

LABEL = re.compile(rf"\W*(?:(?P<updated>{words('updated')})|(?P<published>{words('published')}))\b\s*:?", re.IGNORECASE)
CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?\s*(?:am|pm)?", re.IGNORECASE)


def read_times(elements: list[Element], site: Site) -> tuple[str | None, str | None]:
    """(published, updated) from a story's time elements. A time without a label is the publication time.

    A time labelled "Updated" says nothing about publication. Each is ISO 8601, as `YYYY-MM-DD` if there is no time of
    day; unreadable times are skipped. A time of day belongs to the date before it.
    """
    found: dict[str, str | None] = {"published": None, "updated": None}
    for element in elements:
        label, day = "published", ""
        for text in _time_texts(element):
            if labelled := LABEL.match(text):
                label, day = ("updated" if labelled["updated"] else "published"), ""
                text = text[labelled.end() :]
            text = text.strip(" \t\r\n\xa0|-–")
            if not any(character.isdigit() for character in text):
                continue
            value = site.iso_or_day(f"{day} {text}" if day and CLOCK.fullmatch(text) else text)
            if found[label] is None or (value and value.startswith(f"{found[label]}T")):
                found[label] = value
            day = text if is_day(value) else day
    return found["published"], found["updated"]


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
