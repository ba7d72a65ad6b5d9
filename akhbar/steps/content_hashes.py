"""The content hashes of a batch. The database compares them first, so that only changed stories are sent.

`readings.tsv` has one line per story, for the story's best version in `clean.jsonl`, in the text format of Postgres's
COPY. The clean step writes it. Its first line contains checksums of the files that it was computed from and of its own
lines; if they do not match, it is computed again.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from itertools import chain, combinations
from typing import Any
from zlib import crc32

from akhbar.archive.batch import Batch, BatchMissingError
from akhbar.archive.jsonl import replace_file
from akhbar.database.copy_format import copy_line

FILE = "readings.tsv"
COMPUTED_FROM = ("manifest.json", "pages.jsonl", "clean.jsonl")
RULES = 1
"""Increase this when the columns, hash or rank change, so that files written under older rules are computed again."""

COLUMNS = ["line", "story_id", "kind", "content_hash", "completeness", "extracted_by", "seen_at"]
"""The columns of `readings.tsv`. `line` is the line number in `clean.jsonl`, starting at 0; `seen_at` is when the page
was fetched."""

HASHED = ["title", "excerpt", "body", "authors", "section", "dateline", "published_at", "edition_date", "image_url"]
HASHED += ["image_caption", "tags"]
HASHED_IF_SET = ["published_date"]
"""Fields that are newer than the first hashes, which stay the same for stories without them."""

KEPT = ["section", "published_at", "published_date", "edition_date", "image_url", "image_caption"]
"""Those that a merge keeps from an earlier version of the story if the new one has none, see `sql/load/merge.sql` and
`sql/load/keep_times.sql`."""

OFFSETS = sorted(
    (timezone(timedelta(minutes=minutes)) for minutes in range(-12 * 60, 14 * 60 + 1, 15)),
    key=lambda zone: (zone.utcoffset(None) % timedelta(hours=1), abs(zone.utcoffset(None))),
)
"""The UTC offsets in use anywhere, whole hours first."""

RANK = {"listed": 0, "feed": 1, "fallback": 2, "general": 3, "selectors": 3}
"""If a batch contains two versions of a story, the one with the higher rank is stored."""


@dataclass(slots=True)
class StoredVersion:
    """The version of a story that a batch stores: the best of those that the crawl read."""

    line: int
    rank: int
    kind: str
    content_hash: str
    completeness: str
    extracted_by: str


def content_hash(story: dict[str, Any]) -> str:
    """The SHA-256, in hexadecimal, of a story's content: its text, authors, dateline and publication dates.

    Not included: its URL, how and when it was read, and the publisher's "updated" time, which can change although the
    text does not.
    """
    values = [story.get(name) for name in HASHED]
    values += [value for name in HASHED_IF_SET if (value := story.get(name)) is not None]
    content = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()  # a lone surrogate is stored as "?"


def is_hash_of(content: str, stored: dict[str, Any]) -> bool:
    """Whether a content hash can be that of a stored story: a row with the fields `HASHED` and `HASHED_IF_SET`, as
    psycopg2 reads them, except that dates are text.

    The hash was computed from what a page said. The row can have more, the fields `KEPT` of an earlier page, and no
    longer has the UTC offset of the page's timestamp. Where the page said only the day of a time that the row kept, the
    row no longer has the day.
    """
    present = [name for name in KEPT if stored[name] is not None]
    for missing in chain.from_iterable(combinations(present, count) for count in range(len(present) + 1)):
        page = stored | dict.fromkeys(missing)
        days = _days(stored["published_at"]) if "published_at" in missing else ()
        pages = chain(
            (page | {"published_at": at} for at in _written(page["published_at"])),
            (page | {"published_date": day} for day in days),
        )
        if any(content_hash(page) == content for page in pages):
            return True
    return False


def _days(moment: datetime | str | None) -> set[str]:
    """The days on which a time falls anywhere."""
    return {at[:10] for at in _written(moment) if at}


def _written(moment: datetime | str | None) -> Iterator[str | None]:
    """The ways in which a page can have written a timestamp."""
    if not isinstance(moment, datetime):
        yield moment
        return
    for zone in OFFSETS:
        with suppress(OverflowError):
            yield moment.astimezone(zone).isoformat()


def write_content_hashes(batch: Batch) -> None:
    """Writes a cleaned batch's `readings.tsv`. Raises what `Batch.lines` raises."""
    rows = b"".join(_rows(batch))
    replace_file(batch.path / FILE, [_checksums(batch, rows), *rows.decode().split("\n")[:-1]])


def content_hashes(batch: Batch) -> bytes:
    """The content hashes of a cleaned batch, as lines for COPY. Raises what `Batch.lines` raises."""
    with suppress(BatchMissingError):
        checksums, _, rows = batch.read(FILE).partition(b"\n")
        if checksums == _checksums(batch, rows).encode():
            return rows
    return b"".join(_rows(batch))


def _checksums(batch: Batch, rows: bytes) -> str:
    checksums = [*map(batch.checksum, COMPUTED_FROM), crc32(rows)]
    return " ".join([str(RULES), *(f"{checksum:08x}" for checksum in checksums)])


def _rows(batch: Batch) -> Iterator[bytes]:
    manifest = batch.manifest()
    seen_at = {page["story_id"]: page["fetched_at"] for page in batch.lines("pages.jsonl") if page["story_id"]}
    for story_id, version in _best(batch).items():
        seen = {"story_id": story_id, "seen_at": seen_at.get(story_id) or manifest["started_at"]}
        yield copy_line({**asdict(version), **seen}, COLUMNS)


def _best(batch: Batch) -> dict[str, StoredVersion]:
    """The best version of each story in the batch. A story is an editorial if any of its versions is."""
    best: dict[str, StoredVersion] = {}
    for number, story in batch.numbered_lines("clean.jsonl"):
        rank = RANK["listed" if story["completeness"] == "listed" else story["extracted_by"]]
        known = best.get(story["story_id"])
        kind = "editorial" if known and known.kind == "editorial" else story["kind"]
        if known is None or rank >= known.rank:
            best[story["story_id"]] = StoredVersion(
                number, rank, kind, content_hash(story), story["completeness"], story["extracted_by"]
            )
        else:
            known.kind = "editorial" if story["kind"] == "editorial" else known.kind
    return best
