"""The batch: one folder per run, with every response of its crawl and the stories read from them.

    1/                  a part: what one try of the crawl left, sealed when it ended
      manifest.json     the run: what it reads, when, how its crawl ended, counts
      pages.warc.gz     the responses (ISO 28500), one gzip member per record
      pages.jsonl       the outcome of each page, and its position in the WARC file
      due.jsonl         stories that the database told the spider to fetch in addition to listed ones
      listed.jsonl      every story that the listings named, and what they said about it
      scraped.jsonl     the stories as the spider read them
    2/                  the part of a retry, which fetches what is missing
    clean.jsonl         accepted stories of all parts, written by the clean step, and
    rejects.jsonl       rejected stories, and
    readings.tsv        the content hashes of the accepted ones: see akhbar.steps.content_hashes

A crawl writes to a local folder, `<part>.partial`. When it ends, whatever its outcome, the folder is renamed, or copied
to the object store with the manifest last. A sealed part never changes, except that `akhbar prune` removes its pages.
Without a manifest, a part does not exist, so later steps never read an incomplete one. Batches that were written before
there were parts have the files of their only part in the run's folder.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit
from zlib import crc32

from akhbar.archive.jsonl import json_line, repair_jsonl, replace_file
from akhbar.archive.store import store_errors, upload
from akhbar.printable import printable
from akhbar.settings import Location, workspace
from akhbar.story import Completeness, ExtractedBy, Kind, web_address

logger = logging.getLogger(__name__)

VERSION = 2
"""The format of a part's files. Version 1 had no `due.jsonl`, and only section and address in `listed.jsonl`."""

SCRAPED = ("pages.jsonl", "due.jsonl", "listed.jsonl", "scraped.jsonl")
"""The files that every crawl creates, even if they are empty."""

RESTORE = "the archive is damaged; restore the batch from a backup, or run its scrape step again"
PARTIAL = ".partial"

DAMAGED = "damaged_record"
"""The reason code, in `rejects`, of a line of a batch that cannot be read."""
LONGEST_QUOTE = 2000
"""Characters of a damaged line that are kept."""


class BatchMissingError(Exception):
    """A batch, or one of its files, does not exist: an earlier step did not run."""


class BatchDamagedError(BatchMissingError):
    """A file of a batch was cut short, overwritten, or written by another program."""


Shape = dict[str, Callable[[Any], bool]]
"""The fields that a record must have, each with a check of its value. A check may raise if the type is wrong."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_position(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_timestamp(value: Any) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


def _is_date_or_none(value: Any) -> bool:
    return value is None or bool(date.fromisoformat(value))


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and bool(urlsplit(value))


def _is_web_address(value: Any) -> bool:
    return isinstance(value, str) and web_address(value) is not None


def _one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


LISTED: Shape = {
    "story_id": _is_text,
    "section": _is_text_or_none,
    "url": _is_url,
    "edition_date": _is_date_or_none,
}
LINES: dict[str, Shape] = {
    "pages.jsonl": {
        "url": _is_web_address,
        "role": _one_of("listing", "feed", "sitemap", "story"),
        "story_id": _is_text_or_none,
        "fetched_at": _is_timestamp,
        "outcome": _is_text,
        "digest": _is_text_or_none,
        "warc_offset": _is_position,
        "warc_length": _is_position,
    },
    "due.jsonl": LISTED,
    "listed.jsonl": LISTED,
    "clean.jsonl": {
        "story_id": _is_text,
        "kind": _one_of(*get_args(Kind)),
        "body": _is_text_or_none,
        "extracted_by": _one_of(*get_args(ExtractedBy)),
        "completeness": _one_of(*get_args(Completeness)),
    },
    "rejects.jsonl": {"story": lambda value: isinstance(value, dict)},
}
"""The shape of each file's lines. `scraped.jsonl` may contain any objects: the clean step rejects invalid stories."""
MANIFEST: Shape = {
    "version": lambda value: type(value) is int,
    "source": _is_text,
    "mode": _one_of("edition", "latest"),
    "edition": _is_date_or_none,
    "started_at": _is_timestamp,
    "finished_at": _is_timestamp,
    "counts": lambda value: isinstance(value, dict),
    "stats": lambda value: isinstance(value, dict),
}


@dataclass(frozen=True)
class DamagedLine:
    """A line of a batch that cannot be read."""

    file: str
    number: int
    """From 1."""
    problem: str
    """What is wrong with it, and where it is."""
    text: str
    """Its beginning."""


@dataclass(frozen=True)
class Part:
    """What one try of a run's crawl left."""

    path: Location
    number: int | None
    """None for the files of a batch that was written before there were parts."""

    def manifest(self) -> dict[str, Any]:
        """The contents of `manifest.json`. Raises `BatchMissingError`, or `BatchDamagedError` if it is invalid."""
        file = self.path / "manifest.json"
        with store_errors(self.path):
            text = file.read_bytes() if file.exists() else None
        if text is None:
            raise _missing(file)
        manifest = _record(text, MANIFEST, str(file))
        if manifest["version"] > VERSION:
            raise BatchMissingError(f"{self.path} was written by a newer version of this project: upgrade, then retry")
        return manifest

    def has_pages(self) -> bool:
        """Whether it has its page archive, which prune removes."""
        with store_errors(self.path):
            return (self.path / "pages.warc.gz").exists()

    def drop_pages(self, by: str) -> dict[str, Any]:
        """Removes the page archive. Returns the note that is added to the manifest: `at`, `by` and the `bytes` freed.

        Safe to call again, for example after a crash: it finishes the work and returns the same note. First the note is
        added to the manifest, then the positions are removed from `pages.jsonl`, and then the file is deleted.
        """
        with store_errors(self.path):
            warc, pages = self.path / "pages.warc.gz", self.path / "pages.jsonl"
            note = {"at": datetime.now(UTC).isoformat(), "by": by, "bytes": warc.stat().st_size if warc.exists() else 0}
            manifest = json.loads((self.path / "manifest.json").read_text(encoding="utf-8"))
            note |= manifest.setdefault("pages_pruned", note)
            write_manifest(self.path, manifest)
            if pages.exists():
                lines = (_without_position(line) for line in pages.read_bytes().split(b"\n")[:-1])
                replace_file(pages, lines)
            if warc.exists():
                warc.unlink()
        return note


@dataclass(frozen=True)
class Batch:
    """A run's folder, `<AKHBAR_ARCHIVE>/<source>/<name>`."""

    path: Location
    damaged: dict[tuple[str, int], DamagedLine] = field(default_factory=dict, compare=False, repr=False)
    """The lines that could not be read so far, by path and line number."""

    @property
    def source(self) -> str:
        """The newspaper's name."""
        return self.path.parent.name

    # --- its parts --------------------------------------------------------------------------------------------------

    def part(self, number: int | None) -> Part:
        """The part with this number, whether it exists or not."""
        return Part(self.path if number is None else self.path / str(number), number)

    def parts(self) -> list[Part]:
        """The sealed parts, oldest first."""
        with store_errors(self.path):
            if not self.path.exists():
                return []
            numbers = sorted(int(folder.name) for folder in self.path.iterdir() if folder.name.isdecimal())
            return [part for part in map(self.part, (None, *numbers)) if (part.path / "manifest.json").exists()]

    def open(self, manifest: dict[str, Any]) -> Path:
        """A new folder for a crawl to write to. What a killed try of the run left is sealed first.

        `manifest` says what the run reads.
        """
        self.seal_abandoned(manifest, "the crawl was killed")
        sealed = [part.number or 0 for part in self.parts()]
        taken = max((*sealed, *map(_number, self._crawls.glob("[0-9]*"))), default=0)
        folder = self._crawls / f"{taken + 1}{PARTIAL}"
        folder.mkdir(parents=True)  # sealing removes an empty folder
        return folder

    def seal(self, folder: Path) -> None:
        """Makes a finished crawl's folder, which has a manifest, a part. Calling it again changes nothing."""
        if not folder.exists():
            return
        for name in SCRAPED:
            repair_jsonl(folder / name)
            (folder / name).touch()
        part = self.part(_number(folder)).path
        if isinstance(part, Path):
            folder.rename(part)
            return
        upload(folder, part)
        shutil.rmtree(folder)
        with suppress(OSError):  # another try is writing beside it
            self._crawls.rmdir()

    def abandoned(self) -> list[Path]:
        """The folders of tries that have not ended, or were killed."""
        before_parts = self._crawls.with_name(self.path.name + PARTIAL)  # as crawls left it before there were parts
        if before_parts.exists():
            self._crawls.mkdir(parents=True, exist_ok=True)
            before_parts.rename(self._crawls / f"0{PARTIAL}")
        return sorted(self._crawls.glob(f"*{PARTIAL}"), key=_number)

    def seal_abandoned(self, manifest: dict[str, Any], why: str) -> None:
        """Seals what killed tries of the run left, once their processes have ended.

        `manifest` says what the run reads, and `why` becomes the reason that the crawl failed.
        """
        for folder in self.abandoned():
            try:
                lock = hold(folder)
            except FileNotFoundError:  # it was sealed meanwhile
                continue
            try:
                if folder.exists() and not (folder / "manifest.json").exists():
                    write_manifest(folder, manifest_of_killed(folder, manifest, why))
                self.seal(folder)
            finally:
                os.close(lock)

    @property
    def _crawls(self) -> Path:
        """The local folder in which crawls of this run write."""
        if isinstance(self.path, Path):
            return self.path
        return workspace() / hashlib.sha256(str(self.path.parent).encode()).hexdigest()[:12] / self.path.name

    # --- its records ------------------------------------------------------------------------------------------------

    def manifest(self) -> dict[str, Any]:
        """The manifest of the last part, with the number of stories scraped in all of them.

        Raises `BatchMissingError`, or `BatchDamagedError` if the last part's manifest is invalid.
        """
        *earlier, last = self.parts() or [self.part(None)]
        manifest = last.manifest()
        scraped = manifest["counts"].get("scraped")
        for part in earlier:
            with suppress(BatchMissingError):
                scraped = (scraped or 0) + part.manifest()["counts"].get("scraped", 0)
        counts = manifest["counts"] if scraped is None else {**manifest["counts"], "scraped": scraped}
        return {**manifest, "counts": counts}

    def lines(self, name: str, only: Container[int] | None = None) -> Iterator[dict[str, Any]]:
        """The records of one of the `.jsonl` files, in order: all of them, or those with these numbers, from 0.

        Those of a crawl come from all parts; a page also has its `part`, and a listed story the last part's record
        only. A line that cannot be read is logged, added to `damaged`, and left out. Raises `BatchMissingError`.
        """
        return (record for _, record in self.numbered_lines(name, only))

    def numbered_lines(self, name: str, only: Container[int] | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records of one of the `.jsonl` files as `lines` gives them, each with the number of its line, from 0."""
        if name not in SCRAPED:
            yield from self._read_lines(self.path / name, only)
            return
        parts = self.parts()
        if not parts:
            raise _missing(self.path / name)
        if name == "listed.jsonl":
            yield from enumerate(self._listed(parts))
            return
        for part in parts:
            if name == "due.jsonl" and not self._exists(part.path / name):  # version 1 had none
                continue
            for number, record in self._read_lines(part.path / name, only):
                yield number, {**record, "part": part.number} if name == "pages.jsonl" else record

    def lines_of(self, part: Part, name: str) -> list[dict[str, Any]]:
        """The records of one file of a part; none if it has no such file."""
        file = part.path / name
        return [record for _, record in self._read_lines(file, None)] if self._exists(file) else []

    def _listed(self, parts: list[Part]) -> list[dict[str, Any]]:
        """A retry's listings may say more about a story, so the last record of each counts."""
        found: dict[str, dict[str, Any]] = {}
        for part in parts:
            for _, record in self._read_lines(part.path / "listed.jsonl", None):
                found[record["story_id"]] = record
        return list(found.values())

    def _read_lines(self, file: Location, only: Container[int] | None) -> Iterator[tuple[int, dict[str, Any]]]:
        if not self._exists(file):
            raise _missing(file)
        with file.open("rb") as lines:
            for number, line in enumerate(lines):
                if only is not None and number not in only:
                    continue
                try:
                    yield number, _record(line, LINES.get(file.name, {}), f"{file}, line {number + 1}")
                except BatchDamagedError as error:
                    self._note_damage(file, number + 1, str(error), line)

    def _note_damage(self, file: Location, number: int, problem: str, line: bytes) -> None:
        if (str(file), number) not in self.damaged:
            logger.warning("%s", problem)
        text = printable(line[:LONGEST_QUOTE].decode("utf-8", "replace"))
        self.damaged[str(file), number] = DamagedLine(file.name, number, problem, text)

    def read(self, name: str) -> bytes:
        """A file of the batch itself, not of a part. Raises `BatchMissingError`."""
        file = self.path / name
        if not self._exists(file):
            raise _missing(file)
        with store_errors(self.path):
            return file.read_bytes()

    def checksum(self, name: str) -> int:
        """The CRC-32 of a file of the batch, or of all its parts one after the other. Raises `BatchMissingError`."""
        total = 0
        of_parts = name in SCRAPED or name == "manifest.json"
        files = [part.path / name for part in self.parts()] if of_parts else [self.path / name]
        for file in files or [self.path / name]:
            if not self._exists(file):
                raise _missing(file)
            with store_errors(self.path), file.open("rb") as opened:
                while block := opened.read(1 << 20):
                    total = crc32(block, total)
        return total

    def _exists(self, file: Location) -> bool:
        with store_errors(self.path):
            return file.exists()

    # --- its page archive -------------------------------------------------------------------------------------------

    def pages_size(self) -> int | None:
        """Size of the page archive in bytes, 0 if it was removed; None if the batch does not exist."""
        parts = self.parts()
        with store_errors(self.path):
            files = (part.path / "pages.warc.gz" for part in parts)
            return sum(file.stat().st_size for file in files if file.exists()) if parts else None

    def drop_pages(self, by: str) -> dict[str, Any]:
        """Removes the page archives of all parts. Returns a note: `at`, `by` and the `bytes` freed."""
        notes = [part.drop_pages(by) for part in self.parts()]
        return {**notes[0], "bytes": sum(note["bytes"] for note in notes)}


def hold(folder: Path) -> int:
    """Locks a crawl's folder, waiting for a process that holds it to end. Returns a file descriptor, to be closed.

    Raises `FileNotFoundError` if there is no such folder.
    """
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def manifest_of_killed(folder: Path, manifest: dict[str, Any], reason: str) -> dict[str, Any]:
    """The manifest of a crawl whose process died without writing one, from the run's and what is in its folder."""
    scraped = folder / "scraped.jsonl"
    number = scraped.read_bytes().count(b"\n") if scraped.exists() else 0
    ended = {"finished_at": datetime.now(UTC).isoformat(), "outcome": "failed", "reason": reason}
    return {**manifest, **ended, "counts": {"scraped": number}, "stats": {}}


def _number(folder: Path) -> int:
    """The number of a part's folder, sealed or not."""
    name = folder.name.removesuffix(PARTIAL)
    return int(name) if name.isdecimal() else 0


def _missing(file: Location) -> BatchMissingError:
    return BatchMissingError(f"{file} does not exist: run the step before this one first")


def _without_position(line: bytes) -> str:
    """A line of `pages.jsonl` without the position of its record; a damaged one as it is."""
    try:
        return json_line({**json.loads(line), "warc_offset": None, "warc_length": None})
    except (ValueError, TypeError, RecursionError):
        return line.decode("utf-8", "replace")


def write_manifest(folder: Location, manifest: dict[str, Any]) -> None:
    replace_file(folder / "manifest.json", [json.dumps({"version": VERSION, **manifest}, indent=2, default=str)])


def _record(line: bytes, shape: Shape, where: str) -> dict[str, Any]:
    """A line's JSON object. Missing fields of the shape are None.

    Raises `BatchDamagedError`, which says what is wrong and `where`, if the object does not have the shape.
    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BatchDamagedError(f"{where}: not JSON ({error}): {RESTORE}") from error
    if not isinstance(record, dict):
        raise BatchDamagedError(f"{where}: not a JSON object but {type(record).__name__}: {RESTORE}")
    for name, is_valid in shape.items():
        try:
            valid = is_valid(record.setdefault(name, None))
        except (TypeError, ValueError, AttributeError):
            valid = False
        if not valid:
            value = printable(repr(record.get(name)))[:80]
            raise BatchDamagedError(f"{where}: invalid value for {name}, {value}: {RESTORE}")
    return record
