"""The stories of a cleaned batch by hash: what the database is shown first, to tell which of them it must be sent.

`readings.tsv` has a line a story, its best reading in `clean.jsonl`, in the text format of Postgres's COPY. The
cleaning step leaves it there. It is made anew where its first line, of checksums, is not that of the files that it was
made of and of its own lines.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from isal.isal_zlib import crc32

from akhbar.archive.batch import Batch, BatchMissingError
from akhbar.archive.jsonl import replace_file
from akhbar.database.copy_format import copy_line

READINGS = "readings.tsv"
MADE_OF = ("manifest.json", "pages.jsonl", "clean.jsonl")
RULES = 1
"""Counted up when other columns, another hash or another rank is written: what older rules made is made anew."""

COLUMNS = ["line", "story_id", "kind", "content_hash", "completeness", "extracted_by", "seen_at"]
"""Of `readings.tsv`: `line` is that of `clean.jsonl`, counted from 0; `seen_at` is when the story's page was read."""

HASHED = ["title", "excerpt", "body", "authors", "section", "dateline", "published_at", "edition_date", "image_url"]
HASHED += ["image_caption", "tags"]

RANK = {"listed": 0, "feed": 1, "fallback": 2, "selectors": 3}
"""Of two readings of one story in one batch, the higher is stored."""


@dataclass(slots=True)
class Reading:
    """The best reading of a story in a batch."""

    line: int
    rank: int
    kind: str
    content_hash: str
    completeness: str
    extracted_by: str


def content_hash(story: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of what a story says: its words, writers, place and dates of publication.

    Not of its address, nor of how and when it was read, nor of the publisher's "updated" time, which moves without a
    word changing.
    """
    said = [story.get(name) for name in HASHED]
    try:
        written = msgspec.json.encode(said)
    except UnicodeEncodeError:  # half a surrogate pair, which is stored as a question mark
        written = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return hashlib.sha256(written).hexdigest()


def write_readings(batch: Batch) -> None:
    """Leaves `readings.tsv` beside a batch's `clean.jsonl`. Raises as `Batch.lines`."""
    rows = b"".join(_rows(batch))
    replace_file(batch.path / READINGS, [_checksums(batch, rows), *rows.decode().split("\n")[:-1]])


def readings(batch: Batch) -> bytes:
    """The lines of a batch's readings, for COPY. Raises as `Batch.lines`."""
    with suppress(BatchMissingError):
        checksums, _, rows = batch.read(READINGS).partition(b"\n")
        if checksums == _checksums(batch, rows).encode():
            return rows
    return b"".join(_rows(batch))


def _checksums(batch: Batch, rows: bytes) -> str:
    checksums = [*map(batch.checksum, MADE_OF), crc32(rows)]
    return " ".join([str(RULES), *(f"{checksum:08x}" for checksum in checksums)])


def _rows(batch: Batch) -> Iterator[bytes]:
    manifest = batch.manifest()
    seen_at = {page["story_id"]: page["fetched_at"] for page in batch.lines("pages.jsonl") if page["story_id"]}
    for story_id, found in _best(batch).items():
        seen = {"story_id": story_id, "seen_at": seen_at.get(story_id) or manifest["started_at"]}
        yield copy_line({**asdict(found), **seen}, COLUMNS)


def _best(batch: Batch) -> dict[str, Reading]:
    """The best reading of each story of the batch. A story that any reading calls an editorial is one."""
    best: dict[str, Reading] = {}
    for number, story in enumerate(batch.lines("clean.jsonl")):
        rank = RANK["listed" if story["completeness"] == "listed" else story["extracted_by"]]
        known = best.get(story["story_id"])
        kind = "editorial" if known and known.kind == "editorial" else story["kind"]
        if known is None or rank >= known.rank:
            found = content_hash(story)
            best[story["story_id"]] = Reading(number, rank, kind, found, story["completeness"], story["extracted_by"])
        else:
            known.kind = "editorial" if story["kind"] == "editorial" else known.kind
    return best
