"""Parses timestamps and dates as newspapers write them."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

from akhbar.languages import LANGUAGES, words

MONTHS = {
    name: number
    for language in LANGUAGES.values()
    for number, names in enumerate(language.months, start=1)
    for name in names.split("|")
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_CLOCK = r"(?:[\s,،]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>am|pm)?)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"(?P<month>{_MONTH})\.?\s+{_DAY}\s*[,،]?\s+(?P<year>\d{{4}}){_CLOCK}", re.IGNORECASE),
    re.compile(rf"{_DAY}\s+(?P<month>{_MONTH})\.?\s*[,،]?\s+(?P<year>\d{{4}}){_CLOCK}", re.IGNORECASE),
)
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2,8}, )?\d{1,2}[ -][A-Z][a-z]{2,8}[ -](?:\d{4}|\d{2}) \d{1,2}:\d{2}(?::\d{2})?"
    r"(?: (?:[+-]\d{4}|[A-Z]{1,4}))?"
)
TIME_OF_DAY = re.compile(r":|\dT\d|-\d\d \d\d$")
"""What a readable timestamp contains if it has a time of day: a colon, or ISO 8601's hour."""
_LONGEST = 80
"""Characters. Longer text is not a timestamp."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = timedelta(days=7)
"""Newspapers went online after `EARLIEST`. A time before that, or more than `LATEST` after the page was fetched, is a
default value or a bug in the site's software, and is ignored."""


@lru_cache(maxsize=1000)  # the same few timestamps appear in a page's metadata, text and sidebar
def read_timestamp(text: str, zone: tzinfo, fetched_at: datetime) -> datetime | None:
    """Parses a newspaper's timestamp. The result has a time zone: `zone` if the text has none.

    Accepts what `parse_timestamp` does. None if the text is not a timestamp, or is a time that a page fetched at
    `fetched_at` cannot plausibly show.

    >>> read_timestamp("29 Mar, 2025 08:05am", UTC, datetime.now(UTC)).isoformat()
    '2025-03-29T08:05:00+00:00'
    >>> read_timestamp("soon", UTC, datetime.now(UTC))
    >>> read_timestamp("0001-01-01T00:00:00Z", UTC, datetime.now(UTC))
    """
    found = parse_timestamp(text)
    if found is not None and found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return found if found is not None and is_possible(found, fetched_at) else None


def read_day(text: str, zone: tzinfo, fetched_at: datetime) -> date | None:
    """The day that a text gives without a time of day. None if `read_timestamp` cannot read it, or it has a time.

    >>> read_day("February 03, 2023", UTC, datetime.now(UTC))
    datetime.date(2023, 2, 3)
    >>> read_day("February 03, 2023 12:00am", UTC, datetime.now(UTC))
    """
    found = read_timestamp(text, zone, fetched_at)
    return found.date() if found and not TIME_OF_DAY.search(text) else None


def is_day(timestamp: str | None) -> bool:
    """Whether an ISO 8601 timestamp is only a date, `YYYY-MM-DD`."""
    return timestamp is not None and len(timestamp) == len("YYYY-MM-DD")


def is_possible(found: datetime, fetched_at: datetime) -> bool:
    """Whether a page fetched at `fetched_at` can plausibly show this time. Both have a time zone."""
    try:
        return EARLIEST <= found <= fetched_at + LATEST
    except OverflowError:
        return False


def parse_timestamp(text: str) -> datetime | None:
    """A newspaper's timestamp, with a time zone only if the text has one. None if the text is not a valid timestamp.

    Accepts ISO 8601 (also with a space instead of the T), RFC 822 as in feeds (also with two-digit years, full names
    of days and months, or no time zone), and dates in words with or without a time of day: "July 21, 2017",
    "22 Jan, 2016", "29 Mar, 2025 08:05am", "۲۲ جنوری ۲۰۱۶". A date without a time of day is its midnight.

    >>> parse_timestamp("22 Jan, 2016").isoformat()
    '2016-01-22T00:00:00'
    """
    text = text.replace("\xa0", " ").strip()
    if not 8 <= len(text) <= _LONGEST:
        return None
    try:
        if text[:4].isdigit():
            return datetime.fromisoformat(text)
        if _RFC_822.fullmatch(text):
            found = parsedate_to_datetime(text)
            if text.endswith("-0000"):  # UTC, with an unknown local time zone: RFC 5322, 3.3
                found = found.replace(tzinfo=UTC)
            return found
        match = next((match for form in _DATES if (match := form.fullmatch(text))), None)
        return _in_words(match) if match else None
    except (ValueError, OverflowError):
        return None


def _in_words(match: re.Match[str]) -> datetime:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"no such hour on a twelve-hour clock: {match[0]!r}")
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    day = int(match["year"]), MONTHS[match["month"].lower()], int(match["day"])
    return datetime(*day, hour, int(match["minute"] or 0), int(match["second"] or 0))


_PRINTED = re.compile(words("printed"), re.IGNORECASE)
_PRINTED_DATE = re.compile(rf"\b(?P<month>{_MONTH})\.?\s+{_DAY}\s*,?\s*(?P<year>\d{{4}})\s*\.?", re.IGNORECASE)


def read_printed_date(line: str) -> date | None:
    """The edition from a story's last line: "Published in The Gazette, Young World, December 10th, 2017".

    None unless the whole line is such a statement; "Originally published in…" is not.

    >>> read_printed_date("Published in The Gazette October 3rd , 2015")
    datetime.date(2015, 10, 3)
    >>> read_printed_date("Originally published in The Gazette, June 4th, 2012")
    """
    if line.lstrip()[:1] not in ("P", "p", "ی"):
        return None  # a cheap check that rules out most lines at a tenth of the cost
    line = " ".join(line.split())
    printed = _PRINTED.fullmatch(line) if len(line) <= 140 else None
    if printed is None:
        return None
    if printed["date"]:
        day = parse_timestamp(printed["date"])
        return day.date() if day else None
    found = list(_PRINTED_DATE.finditer(line))
    if not found or found[-1].end() != len(line):
        return None
    try:
        return date(int(found[-1]["year"]), MONTHS[found[-1]["month"].lower()], int(found[-1]["day"]))
    except ValueError:
        return None
