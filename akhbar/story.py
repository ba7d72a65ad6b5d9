"""The story: the one contract between the spiders and everything that happens afterwards."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any, Literal

Kind = Literal["article", "editorial"]
ExtractedBy = Literal["selectors", "feed", "fallback"]
Completeness = Literal["full", "listed"]

SHORTEST_BODY = 40
"""Characters. The shortest items of a news-in-brief column have about 150; less is a page that was not understood."""


@dataclass(slots=True)
class Story:
    """One story of one newspaper, in the shape of a line of `scraped.jsonl` and of `clean.jsonl`.

    Instants are ISO 8601 strings with a UTC offset and dates are `YYYY-MM-DD`: what JSON can carry and Postgres can
    read. In `scraped.jsonl` an instant or date that the spider could not read keeps the newspaper's own words; the
    cleaning step reads it or rejects the story. In `clean.jsonl` every field is as described here.
    """

    source: str
    """The newspaper, by its spider's name: `dawn`."""
    story_id: str
    """The publisher's own number; `(source, story_id)` is the identity."""
    kind: Kind
    url: str
    """Canonical: no slug, query or fragment."""
    title: str | None
    excerpt: str | None = None
    """Standfirst, `og:description` or the excerpt of the listing."""
    body: str | None = None
    """Paragraphs joined by one blank line. None where the page has no text by its nature (a video, a chart) or only
    a listing was read; empty where a text was looked for and not found, which cleaning rejects."""
    authors: list[str] = field(default_factory=list)
    """In order, without "By"; empty where there is no byline."""
    section: str | None = None
    """As the paper names it: "National", "Editorial"."""
    dateline: str | None = None
    """"ISLAMABAD" of "ISLAMABAD: A Russian delegation…"; the body keeps its words."""
    published_at: str | None = None
    updated_at: str | None = None
    edition_date: str | None = None
    """The print edition that carried the story, in the newspaper's own calendar."""
    image_url: str | None = None
    image_caption: str | None = None
    tags: list[str] = field(default_factory=list)
    language: str = "en"
    extracted_by: ExtractedBy = "selectors"
    """`feed`: the body came whole in a feed item. `fallback`: the newspaper's own selectors found no body and a
    general extractor did, which means that the site has changed."""
    completeness: Completeness = "full"
    """`listed`: known from a listing or a side box only: title, excerpt, date."""

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


page_done = object()
"""Scrapy signal, sent by a spider once for each page: what became of it. Arguments: `url`, `role` (`listing`, `feed`,
`sitemap` or `story`), `story_id` (or None), `outcome` (`parsed`, `unchanged`, `gone`, `moved`, `failed` or `refused`),
`reason` (or None), `response` (or None)."""

story_listed = object()
"""Scrapy signal, sent by a spider when a story is named to it for the first time in a crawl, before its page is asked
for. Arguments: `story_id` and `sighting`, which has `path`, `section`, `editorial`, `excerpt` and `edition_date`."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_CLOCK = r"(?:[\s,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>am|pm)?)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"(?P<month>{_MONTH})\.?\s+{_DAY}\s*,?\s+(?P<year>\d{{4}}){_CLOCK}", re.IGNORECASE),
    re.compile(rf"{_DAY}\s+(?P<month>{_MONTH})\.?\s*,?\s+(?P<year>\d{{4}}){_CLOCK}", re.IGNORECASE),
)
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|[A-Z]{1,4})"
)
_LONGEST_INSTANT = 80


def read_instant(text: str, zone: tzinfo) -> datetime | None:
    """The instant that a newspaper wrote, with a time zone: `zone` where the text names none.

    Reads ISO 8601 (a space in place of the T too), RFC 822 as in feeds, and dates in words with or without a time
    of day: "July 21, 2017", "22 Jan, 2016", "29 Mar, 2025 08:05am". None where the text is none of these or is not
    a day of the calendar.

    >>> read_instant("29 Mar, 2025 08:05am", UTC).isoformat()
    '2025-03-29T08:05:00+00:00'
    >>> read_instant("soon", UTC)
    """
    text = text.replace("\xa0", " ").strip()
    if not 8 <= len(text) <= _LONGEST_INSTANT:
        return None
    try:
        if text[:4].isdigit():
            instant = datetime.fromisoformat(text)
        elif _RFC_822.fullmatch(text):
            instant = parsedate_to_datetime(text)
        else:
            match = next((found for form in _DATES if (found := form.fullmatch(text))), None)
            if match is None:
                return None
            instant = _instant_of(match)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=zone)
        instant.astimezone(UTC)  # year 1 and year 9999 have instants that UTC cannot express
    except (ValueError, OverflowError):
        return None
    return instant


def _instant_of(match: re.Match[str]) -> datetime:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"no such hour on a twelve-hour clock: {match[0]!r}")
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    day = int(match["year"]), MONTHS[match["month"].lower()], int(match["day"])
    return datetime(*day, hour, int(match["minute"] or 0), int(match["second"] or 0))


_PRINTED = re.compile(r"Published in (?:the )?\w[\w .&'’-]{1,40}?,?\s(?P<rest>.{8,80})", re.IGNORECASE)
_PRINTED_DATE = re.compile(rf"\b(?P<month>{_MONTH})\.?\s+{_DAY}\s*,?\s*(?P<year>\d{{4}})\s*\.?", re.IGNORECASE)


def read_printed_date(line: str) -> date | None:
    """The edition that a story's last line names: "Published in Dawn, EOS, December 10th, 2017".

    None where the line as a whole is not such a statement; "Originally published in…" is not.

    >>> read_printed_date("Published in Dawn October 3rd , 2015")
    datetime.date(2015, 10, 3)
    >>> read_printed_date("Originally published in Dawn, June 4th, 2012")
    """
    if line.lstrip()[:1] not in ("P", "p"):
        return None  # most lines, at a tenth of the cost
    line = " ".join(line.split())
    if len(line) > 140 or not _PRINTED.fullmatch(line):
        return None
    found = list(_PRINTED_DATE.finditer(line))
    if not found or found[-1].end() != len(line):
        return None
    try:
        return date(int(found[-1]["year"]), MONTHS[found[-1]["month"].lower()], int(found[-1]["day"]))
    except ValueError:
        return None
