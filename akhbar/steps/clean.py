"""The clean step: turns scraped stories into clean stories and rejects.

It is pure: the same input always gives the same output, with no network and no database. It is also total: whatever a
scraped record contains, the story is accepted or rejected with reasons, and does not affect other stories.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import Any, TextIO, get_args
from urllib.parse import urlsplit

import ftfy
from w3lib.url import canonicalize_url, safe_url_string

from akhbar.archive.batch import DAMAGED, Batch, BatchMissingError
from akhbar.archive.jsonl import json_line, replace_file
from akhbar.dates import read_day, read_printed_date, read_timestamp
from akhbar.languages import LANGUAGES, words
from akhbar.newspaper import Newspaper, bare_host, normal_id
from akhbar.newspapers import newspaper
from akhbar.settings import Location
from akhbar.steps.content_hashes import write_content_hashes
from akhbar.story import LONGEST_ID, SHORTEST_BODY, ExtractedBy, PageProblem, Story, web_address

CLOCK_SKEW = timedelta(hours=1)
"""How far a publisher's clock may be ahead of ours. A publication time beyond that is an error."""

NOT_STORIES = re.compile(r"(?:cartoon|obituary)\s*[:–—-].*", re.IGNORECASE | re.DOTALL)
SITE_PAGES = re.compile(
    r"just a moment\.*|attention required!?(?: \| cloudflare)?|access denied|(?:404|page) not found(?:\s*[-|–:].*|\W*)",
    re.IGNORECASE,
)
"""Complete headlines of pages that a site shows instead of a story."""
NOT_IN_ADDRESSES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

INVISIBLE = [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
"""Soft hyphens, zero-width characters and direction marks: invisible characters that break searches."""
CONTROL = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"]
"""Unicode category Cc."""
_JOINED = r"[\u0620-\u06ff\u0750-\u077f\u0900-\u0dff]"
STRAY_JOINERS = re.compile(rf"(?<!{_JOINED})[\u200c\u200d]+|[\u200c\u200d]+(?!{_JOINED})")
"""Zero-width joiners and non-joiners that are not between letters of the Arabic or Indic scripts. There they are
spelling, "اسلام\u200cآباد": https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters"""
UNSEEN = {**dict.fromkeys(INVISIBLE), **dict.fromkeys(CONTROL, " ")}

FIXES = ftfy.TextFixerConfig(
    unescape_html=False,  # done separately, since ftfy skips texts that contain a "<"
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    normalization="NFC",
    explain=False,
)

NOTHING_TO_FIX = re.compile(r"[\t\n -%'-~\xa0‘’“”–—…]*")
"""Text that consists only of these characters, as most does, contains no entities, invisible characters or mojibake.
Fixing it would change nothing and take two thirds of the cleaning time."""

ESCAPED_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)

PLAIN_URL = re.compile(r"(?P<site>https://[a-z][a-z.]+)(?P<path>/[A-Za-z0-9/_-]+)")
"""A URL that is already in canonical form, as nearly all are. Parsing it would take a third of the time of cleaning a
story."""

LONGEST_KEY = 500
"""Bytes of a section or an author's name. Postgres refuses rows whose index entries exceed 2,704 bytes."""

_PLACE = r"[A-Z][A-Z.’'()-]*(?: [A-Z][A-Z.’'()-]*){0,4}"
DATELINE = re.compile(
    rf"(?!(?:SIRS?|MADAM|EDITORIALS?)\b)(?P<place>{_PLACE}(?:\s*/\s*{_PLACE}){{0,3}})"
    r"(?:,\s*(?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2})?"
    r"\s*(?::|\s[–—-]{1,2}\s)\s*\S"
)
PLACE_DATELINE = re.compile(
    rf"(?P<place>(?:{words('places')})(?:\s*[/،]\s*(?:{words('places')})){{0,3}})"
    r"\s*(?:\([^)]{0,60}(?:ڈیسک|نامہ نگار|نمائندہ|رپورٹر)[^)]{0,60}\)\s*:?|:|\s[–—-]{1,2}\s)\s*\S"
)
"""A dateline in a script without capital letters: "کراچی:" or "لاہور (نامہ نگار)"."""
EDITORIAL_OPENING = re.compile(rf"(?:EDITORIAL|{LANGUAGES['ur'].editorial})\s*:\s")
"""What some newspapers print before the text of an editorial. In English, only in capitals."""
BYLINE_PARTS = re.compile(rf"[|;/,&،]|{words('between_names')}", re.IGNORECASE)
"""What separates names; "Staff and agencies" is one."""
BYLINE_OPENING = re.compile(words("byline"), re.IGNORECASE)


@dataclass(frozen=True)
class Reject:
    """A rejected story, with the reasons and the complete scraped record."""

    source: str
    story_id: str | None
    url: str | None
    reasons: list[str]
    story: dict[str, Any]
    message: str | None = None
    """What is wrong with a damaged record."""


def clean_batch(path: Location) -> dict[str, Any]:
    """Writes a batch's `clean.jsonl`, `rejects.jsonl` and `readings.tsv` from its `scraped.jsonl`.

    Returns the batch's path and the number of stories accepted, rejected, and rejected for each reason. Raises
    `BatchMissingError` if there is no such batch.
    """
    batch = Batch(path)
    manifest = batch.manifest()
    paper = newspaper(manifest["source"])
    as_of = datetime.fromisoformat(manifest["finished_at"])
    reasons: Counter[str] = Counter()
    accepted = rejected = 0

    def clean_lines(refused: TextIO) -> Iterator[str]:
        nonlocal accepted

        def reject(refusal: Reject) -> None:
            nonlocal rejected
            rejected += 1
            reasons.update(refusal.reasons)
            refused.write(json_line(vars(refusal)) + "\n")

        for scraped in batch.lines("scraped.jsonl"):
            cleaned = clean(scraped, paper, as_of)
            if isinstance(cleaned, Story):
                accepted += 1
                yield json_line(cleaned.as_dict())
            else:
                reject(cleaned)
        for line in batch.damaged.values():
            reject(Reject(paper.name, None, None, [DAMAGED], vars(line), line.problem))

    with TemporaryFile("w+", encoding="utf-8") as refused:  # not in memory: if a site changes, all may be rejected
        replace_file(path / "clean.jsonl", clean_lines(refused))
        refused.seek(0)
        replace_file(path / "rejects.jsonl", (record.rstrip("\n") for record in refused))
    with suppress(BatchMissingError):  # the load step needs the same files, and reports what is wrong with them
        write_content_hashes(batch)
    return {"batch": str(path), "accepted": accepted, "rejected": rejected, "reasons": dict(reasons)}


def clean(scraped: dict[str, Any], paper: Newspaper, as_of: datetime) -> Story | Reject:
    """Cleans one story, or rejects it with reason codes.

    `as_of` is when the story was read, with a time zone; later timestamps are in the future. Cleaning a clean story
    changes nothing. Codes: `missing_id`, `id_too_long`, `missing_title`, `missing_date`, `date_in_future`,
    `body_too_short`, `not_a_story`, `wrong_host`, and those of `PageProblem` for a page that is not its story.
    """
    story = _typed(scraped, paper)
    _clean_text(story)
    _take_printed_date(story)
    story.url = canonical_url(story.url, paper)
    story.authors = list(dict.fromkeys(map(bounded, authors(story.authors))))
    if story.body and EDITORIAL_OPENING.match(story.body):
        story.kind = "editorial"
    if story.kind == "editorial":
        story.section = paper.editorial_section
    _date_publication(story, paper, as_of)
    story.updated_at = _timestamp(story.updated_at, paper, as_of)
    story.edition_date = _date(story.edition_date, paper, as_of)
    story.dateline = None if story.kind == "editorial" else dateline(story.body)
    if _is_updated_before_publication(story, paper):
        story.updated_at = None  # the page shows only the date of the update, which is the publication date
    problem = scraped.get("rejected")
    known = isinstance(problem, str) and problem in get_args(PageProblem)
    reasons = [str(problem)] if known else list(_reasons(story, paper, as_of))
    if reasons:
        return Reject(paper.name, bounded(story.story_id, LONGEST_ID) or None, story.url or None, reasons, scraped)
    return story


def _typed(scraped: dict[str, Any], paper: Newspaper) -> Story:
    """A story whose fields have the right types, whatever the record contains."""
    record: dict[str, Any] = {name: scraped.get(name) for name in Story.__slots__}
    for name, value in record.items():
        if name in ("authors", "tags"):
            parts = value if isinstance(value, list) else [value]
            record[name] = [part for part in parts if isinstance(part, str)]
        elif isinstance(value, int) and not isinstance(value, bool):
            record[name] = str(value)
        elif not isinstance(value, str):
            record[name] = None
    record["source"] = paper.name
    record["story_id"] = record["story_id"] or ""
    record["url"] = record["url"] or ""
    record["kind"] = "editorial" if record["kind"] == "editorial" else "article"
    record["language"] = record["language"] or paper.language
    record["extracted_by"] = record["extracted_by"] if record["extracted_by"] in get_args(ExtractedBy) else "selectors"
    record["completeness"] = "listed" if record["completeness"] == "listed" else "full"
    return Story(**record)


def _clean_text(story: Story) -> None:
    story.story_id = normal_id(story.story_id)
    story.title = line(story.title) or None
    story.excerpt = line(story.excerpt) or None
    story.body = None if story.body is None else paragraphs(story.body)
    story.section = bounded(line(story.section)) or None
    story.image_url = address(story.image_url)
    story.image_caption = line(story.image_caption) or None
    story.tags = list(dict.fromkeys(tag for text in story.tags if (tag := line(text))))
    story.language = line(story.language)


def line(raw: str | None) -> str:
    """Text as one line: all white space is collapsed, including no-break spaces."""
    return _settled(raw, _folded) if raw else ""


def paragraphs(raw: str) -> str:
    """Text as paragraphs separated by one blank line, with white space collapsed in each."""
    return _settled(raw, lambda text: "\n\n".join(filter(None, map(_folded, re.split(r"\n\s*\n", text)))))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _settled(raw: str, fold: Callable[[str], str]) -> str:
    """Text in NFC with entities resolved, mojibake fixed, invisible characters removed, and white space collapsed.

    Curly quotes are kept. This is repeated until nothing changes, so that doubly escaped text is resolved too and
    cleaning is idempotent: collapsing white space can create new mojibake.
    """
    if NOTHING_TO_FIX.fullmatch(raw):
        return fold(raw)
    raw = raw.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is not a character
    for _ in range(10):
        fixed = html.unescape(ESCAPED_AMPERSAND.sub("&", raw))
        fixed = STRAY_JOINERS.sub("", ftfy.fix_text(fixed, FIXES).translate(UNSEEN))
        fixed = fold(unicodedata.normalize("NFC", fixed))
        if fixed == raw:
            break
        raw = fixed
    return raw


def bounded(text: str, longest: int = LONGEST_KEY) -> str:
    """A text that an index can hold: cut to `longest` bytes, with an ellipsis at the end, if it is longer."""
    raw = text.encode()
    if len(raw) <= longest:
        return text
    return raw[: longest - len("…".encode())].decode("utf-8", "ignore").rstrip() + "…"


def canonical_url(url: str, paper: Newspaper) -> str:
    """A URL without fragment, query and slug, in ASCII; empty if it is not a URL."""
    plain = PLAIN_URL.fullmatch(url)
    if plain:
        return plain["site"] + paper.stored_path(plain["path"])
    try:
        parts = urlsplit(canonicalize_url(url.strip()))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return safe_url_string(f"https://{host}{paper.stored_path(parts.path)}")


def address(raw: str | None) -> str | None:
    """A URL without white space and control characters. Nothing else is changed, because it is not prose."""
    if raw is None:
        return None
    written = raw.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is not a character
    return web_address(NOT_IN_ADDRESSES.sub("", written))


def authors(bylines: list[str]) -> list[str]:
    """The names in bylines, in order, without duplicates. "By A and B" and "A | B" contain two names, "Our Staff
    Reporter" is one.

    >>> authors(["By Amina Shah and Bilal Khan", "Reuters | Our Correspondent"])
    ['Amina Shah', 'Bilal Khan', 'Reuters', 'Our Correspondent']
    """
    names = bylines
    for _ in range(10):  # a part of a byline can be mojibake although the whole is not
        before, names = names, list(dict.fromkeys(name for byline in names for name in _names(byline)))
        if names == before:
            break
    return names


def _names(byline: str) -> Iterator[str]:
    whole = line(byline)
    opening = BYLINE_OPENING.match(whole)
    for part in BYLINE_PARTS.split(whole[opening.end() :] if opening else whole):
        name = part.strip(" .,;:-–—|")
        if name:
            yield name


def dateline(body: str | None) -> str | None:
    """The place before the text's first colon or dash: "ISLAMABAD", "LAHORE / KARACHI", "کراچی".

    It must be in capitals, or in a script without them one of `Words.places`.

    >>> dateline("WASHINGTON, Jan 21: Officials said …")
    'WASHINGTON'
    >>> dateline("THINGS have moved: rapidly")
    """
    opening = (body or "")[:120]
    found = DATELINE.match(opening) or PLACE_DATELINE.match(opening)
    return " ".join(found["place"].split()) if found else None


def _take_printed_date(story: Story) -> None:
    """Moves a "Published in …" line from the body to `edition_date`."""
    kept = []
    for paragraph in story.body.split("\n\n") if story.body else ():
        printed = read_printed_date(paragraph)
        if printed:
            story.edition_date = story.edition_date or printed.isoformat()
        else:
            kept.append(paragraph)
    if story.body:
        story.body = "\n\n".join(kept)


def _date_publication(story: Story, paper: Newspaper, as_of: datetime) -> None:
    """Sets `published_at`, or `published_date` if the page shows no time of day: a day does not become its midnight."""
    shown = story.published_at
    day = read_day(shown, paper.zone, as_of) if shown else None
    story.published_at = None if day else _timestamp(shown, paper, as_of)
    story.published_date = None if story.published_at else _date(story.published_date, paper, as_of)
    if day and not story.published_date:
        story.published_date = day.isoformat()


def _is_updated_before_publication(story: Story, paper: Newspaper) -> bool:
    if not story.updated_at:
        return False
    updated_at = _at(story.updated_at)
    if story.published_at:
        return updated_at < _at(story.published_at)
    updated_on = updated_at.astimezone(paper.zone).date().isoformat()
    return story.published_date is not None and updated_on < story.published_date


def _timestamp(text: str | None, paper: Newspaper, as_of: datetime) -> str | None:
    """ISO 8601 with an offset, or None if the text is not a timestamp."""
    found = read_timestamp(text, paper.zone, as_of) if text else None
    return found.isoformat() if found else None


def _at(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp).astimezone(UTC)


def _date(text: str | None, paper: Newspaper, as_of: datetime) -> str | None:
    """`YYYY-MM-DD`, or None if the text is not a date."""
    if not text:
        return None
    printed = read_printed_date(text)
    if printed is None:
        found = read_timestamp(text, paper.zone, as_of)
        printed = found.date() if found else None
    return printed.isoformat() if printed else None


def _reasons(story: Story, paper: Newspaper, as_of: datetime) -> Iterator[str]:
    if not story.story_id:
        yield "missing_id"
    elif len(story.story_id.encode()) > LONGEST_ID:
        yield "id_too_long"
    if not story.title:
        yield "missing_title"
    elif not story.body and (NOT_STORIES.fullmatch(story.title) or SITE_PAGES.fullmatch(story.title)):
        yield "not_a_story"
    dates = (story.published_at, story.published_date, story.edition_date, story.updated_at)
    if not any(dates) and story.completeness != "listed":
        yield "missing_date"
    latest = as_of + CLOCK_SKEW
    if story.published_at and _at(story.published_at) > latest:
        yield "date_in_future"
    if story.published_date and story.published_date > str(latest.astimezone(paper.zone).date()):
        yield "date_in_future"
    if story.completeness == "full" and story.body is not None and len(story.body) < SHORTEST_BODY:
        yield "body_too_short"
    if bare_host(urlsplit(story.url).netloc) != bare_host(paper.host):
        yield "wrong_host"
