"""The second step: scraped stories to clean stories and rejects.

Pure: the same input gives the same output, with no network and no database. Total: whatever stands in a scraped
record, a story is accepted or rejected with reasons, and one story never costs another its row.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryFile
from typing import Any, TextIO
from urllib.parse import urlsplit

import ftfy
from w3lib.url import canonicalize_url

from akhbar.archive.batch import Batch, BatchMissingError, json_line, replace_file
from akhbar.newspapers import Newspaper, newspaper
from akhbar.settings import Location
from akhbar.steps.content_hashes import write_readings
from akhbar.story import SHORTEST_BODY, Story, read_instant, read_printed_date

CLOCK_SKEW = timedelta(hours=1)
"""How far ahead of ours a publisher's clock may be."""

NOT_STORIES = re.compile(
    r"(?:cartoon|obituary)\s*[:–—-].*|just a moment\.*|attention required!?.*|access denied|(?:404|page) not found.*",
    re.IGNORECASE | re.DOTALL,
)

INVISIBLE = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
"""Soft hyphens, zero-width characters and marks of writing direction: they break searches and cannot be seen."""
CONTROL = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"]
"""Unicode's category Cc."""
UNSEEN = {**dict.fromkeys(INVISIBLE), **dict.fromkeys(CONTROL, " ")}

FIXES = ftfy.TextFixerConfig(
    unescape_html=False,  # done below, before: ftfy leaves texts with a "<" alone
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    normalization="NFC",
    explain=False,
)

NOTHING_TO_MEND = re.compile(r"[\t\n -%'-~\xa0‘’“”–—…]*")
"""Texts of these characters alone hold no entity, nothing invisible and nothing that a wrong encoding could have left:
most of a newspaper's. Mending them would take two thirds of the time of cleaning and change nothing."""

ESCAPED_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)

CANONICAL = re.compile(r"https://[a-z][a-z.]+/news/[0-9]+")
"""What spiders write for nearly every story. Reading it apart would take a third of the time of cleaning one."""

_PLACE = r"[A-Z][A-Z.’'()-]*(?: [A-Z][A-Z.’'()-]*){0,4}"
DATELINE = re.compile(
    rf"(?P<place>{_PLACE}(?:\s*/\s*{_PLACE}){{0,3}})"
    r"(?:,\s*(?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2})?"
    r"\s*(?::|\s[–—-]{1,2}\s)\s*\S"
)
BYLINE_PARTS = re.compile(r"[|;/,&]|\band\b", re.IGNORECASE)
BYLINE_OPENING = re.compile(r"(?:report\s+)?by\s*[:\s]\s*|from\s+(?=our\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Reject:
    """A story that was refused: why, and all that was scraped."""

    source: str
    story_id: str | None
    url: str | None
    reasons: list[str]
    story: dict[str, Any]


def clean_batch(path: Location) -> dict[str, Any]:
    """Writes a batch's `clean.jsonl`, `rejects.jsonl` and `readings.tsv` from its `scraped.jsonl`.

    Returns the batch's path and how many were accepted, rejected, and rejected for each reason. Raises
    `BatchMissingError` where there is no such batch.
    """
    batch = Batch(path)
    manifest = batch.manifest()
    paper = newspaper(manifest["source"])
    as_of = datetime.fromisoformat(manifest["finished_at"])
    reasons: Counter[str] = Counter()
    accepted = rejected = 0

    def clean_lines(refused: TextIO) -> Iterator[str]:
        nonlocal accepted, rejected
        for scraped in batch.lines("scraped.jsonl"):
            cleaned = clean(scraped, paper, as_of)
            if isinstance(cleaned, Story):
                accepted += 1
                yield json_line(cleaned.as_dict())
            else:
                rejected += 1
                reasons.update(cleaned.reasons)
                refused.write(json_line(vars(cleaned)) + "\n")

    with TemporaryFile("w+", encoding="utf-8") as refused:  # a site that has changed has every story refused
        replace_file(path / "clean.jsonl", clean_lines(refused))
        refused.seek(0)
        replace_file(path / "rejects.jsonl", (record.rstrip("\n") for record in refused))
    with suppress(BatchMissingError):  # loading needs the same files, and tells what is wrong with them
        write_readings(batch)
    return {"batch": str(path), "accepted": accepted, "rejected": rejected, "reasons": dict(reasons)}


def clean(scraped: dict[str, Any], paper: Newspaper, as_of: datetime) -> Story | Reject:
    """One story: cleaned, or refused with reason codes.

    `as_of` is when the story was read, with a time zone: the future is what comes after it. Cleaning a clean story
    changes nothing. Codes: `missing_id`, `missing_title`, `missing_date`, `date_in_future`, `body_too_short`,
    `not_a_story`, `wrong_host`.
    """
    story = _typed(scraped, paper)
    _clean_text(story)
    _take_printed_date(story)
    story.url = canonical_url(story.url)
    story.authors = authors(story.authors)
    story.published_at = _instant(story.published_at, paper)
    story.updated_at = _instant(story.updated_at, paper)
    story.edition_date = _edition_date(story.edition_date, paper)
    story.dateline = None if story.kind == "editorial" else dateline(story.body)
    if story.updated_at and story.published_at and _at(story.updated_at) < _at(story.published_at):
        story.updated_at = None  # a page that shows only the day of its update, that of publication
    reasons = list(_reasons(story, paper, as_of))
    if reasons:
        return Reject(paper.name, story.story_id or None, story.url or None, reasons, scraped)
    return story


def _typed(scraped: dict[str, Any], paper: Newspaper) -> Story:
    """A story whose fields are of the contract's types, whatever was in the record."""
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
    record["extracted_by"] = record["extracted_by"] if record["extracted_by"] in ("feed", "fallback") else "selectors"
    record["completeness"] = "listed" if record["completeness"] == "listed" else "full"
    return Story(**record)


def _clean_text(story: Story) -> None:
    story.story_id = line(story.story_id)
    story.title = line(story.title) or None
    story.excerpt = line(story.excerpt) or None
    story.body = None if story.body is None else paragraphs(story.body)
    story.section = line(story.section) or None
    story.image_url = web_address(line(story.image_url))
    story.image_caption = line(story.image_caption) or None
    story.tags = list(dict.fromkeys(tag for text in story.tags if (tag := line(text))))
    story.language = line(story.language)


def text(raw: str) -> str:
    """One piece of text: entities resolved, mojibake mended, NFC, nothing invisible; curly quotes stay.

    Until nothing changes any more, so that what was escaped twice is resolved too and cleaning twice is cleaning once.
    """
    if NOTHING_TO_MEND.fullmatch(raw):
        return raw
    raw = raw.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
    for _ in range(10):
        mended = html.unescape(ESCAPED_AMPERSAND.sub("&", raw))
        mended = ftfy.fix_text(mended, FIXES).translate(UNSEEN)
        mended = unicodedata.normalize("NFC", mended)
        if mended == raw:
            break
        raw = mended
    return raw


def line(raw: str | None) -> str:
    """A text of one line, white space folded, no-break spaces too."""
    return " ".join(text(raw).split()) if raw else ""


def paragraphs(raw: str) -> str:
    """A text of paragraphs: white space folded within each, one blank line between two."""
    parts = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text(raw)))
    return "\n\n".join(part for part in parts if part)


def canonical_url(url: str) -> str:
    """A URL without fragment, query or, for `/news/<id>/<slug>`, slug; empty where it is none."""
    if CANONICAL.fullmatch(url):
        return url
    try:
        parts = urlsplit(canonicalize_url(url.strip()))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    path = re.sub(r"^(/news/\d+)/.*$", r"\1", parts.path)
    host = parts.netloc.rpartition("@")[2]
    return f"https://{host}{path}"


def web_address(url: str) -> str | None:
    """A URL of http or https, else None: a `javascript:` or `data:` one would be obeyed where it is shown as a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def authors(bylines: list[str]) -> list[str]:
    """The names in bylines, in order, each once: "By A and B", "A | B"; "Our Staff Reporter" stays whole.

    >>> authors(["By Amina Shah and Bilal Khan", "Reuters | Our Correspondent"])
    ['Amina Shah', 'Bilal Khan', 'Reuters', 'Our Correspondent']
    """
    names: dict[str, None] = {}
    for byline in bylines:
        whole = line(byline)
        opening = BYLINE_OPENING.match(whole)
        for name in BYLINE_PARTS.split(whole[opening.end() :] if opening else whole):
            name = name.strip(" .,;:-–—|")
            if name:
                names.setdefault(name)
    return list(names)


def dateline(body: str | None) -> str | None:
    """The place in capitals before a text's first colon: "ISLAMABAD", "LAHORE / KARACHI".

    >>> dateline("WASHINGTON, Jan 21: Officials said …")
    'WASHINGTON'
    >>> dateline("THINGS have moved: rapidly")
    """
    found = DATELINE.match(body[:120]) if body else None
    return " ".join(found["place"].split()) if found else None


def _take_printed_date(story: Story) -> None:
    """Takes a "Published in …" line out of the body, for texts that came with it."""
    kept = []
    for paragraph in story.body.split("\n\n") if story.body else ():
        printed = read_printed_date(paragraph)
        if printed:
            story.edition_date = story.edition_date or printed.isoformat()
        else:
            kept.append(paragraph)
    if story.body:
        story.body = "\n\n".join(kept)


def _instant(words: str | None, paper: Newspaper) -> str | None:
    """ISO 8601 with an offset, or None where the newspaper's words are no instant."""
    instant = read_instant(words, paper.zone) if words else None
    return instant.isoformat() if instant else None


def _at(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(UTC)


def _edition_date(words: str | None, paper: Newspaper) -> str | None:
    if not words:
        return None
    printed: date | None = read_printed_date(words)
    if printed is None:
        instant = read_instant(words, paper.zone)
        printed = instant.date() if instant else None
    return printed.isoformat() if printed else None


def _reasons(story: Story, paper: Newspaper, as_of: datetime) -> Iterator[str]:
    if not story.story_id:
        yield "missing_id"
    if not story.title:
        yield "missing_title"
    elif NOT_STORIES.fullmatch(story.title) and not story.body:
        yield "not_a_story"
    if not (story.published_at or story.edition_date or story.updated_at or story.completeness == "listed"):
        yield "missing_date"
    if story.published_at and _at(story.published_at) > as_of + CLOCK_SKEW:
        yield "date_in_future"
    if story.completeness == "full" and story.body is not None and len(story.body) < SHORTEST_BODY:
        yield "body_too_short"
    if (urlsplit(story.url).hostname or "").removeprefix("www.") != paper.host.removeprefix("www."):
        yield "wrong_host"
