"""The batch: one folder per run, with every response of its crawl and the stories read from them.

    manifest.json     the run: what it reads, when, how its crawl ended, counts
    pages.warc.gz     the responses (ISO 28500), one gzip member per record
    pages.jsonl       the outcome of each page, and its position in the WARC file
    due.jsonl         stories that are fetched because of their state in the database, in addition to listed ones
    listed.jsonl      every story found in listings, with the data from the listings
    scraped.jsonl     the stories as extracted by the spider
    clean.jsonl       accepted stories; this file and the next two are written by the clean step
    rejects.jsonl     rejected stories
    readings.tsv      the content hashes of the accepted stories: see akhbar.steps.content_hashes

A crawl writes to a local folder, `<name>.partial`. When it ends, whatever its outcome, the folder is renamed, or
copied to the object store with the manifest last. Later steps therefore never read an incomplete batch: without a
manifest, a batch does not exist. A retry of the crawl continues in the same folder.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit
from zlib import crc32

from akhbar.archive.jsonl import json_line, replace_file
from akhbar.archive.store import download, store_errors, upload
from akhbar.printable import printable
from akhbar.settings import Location, workspace
from akhbar.story import Completeness, ExtractedBy, Kind, web_address

VERSION = 2
"""The format of a batch's files. Version 1 had no `due.jsonl`, and only section and URL in `listed.jsonl`."""

SCRAPED = ("pages.jsonl", "due.jsonl", "listed.jsonl", "scraped.jsonl")
"""The files that every crawl creates, even if they are empty."""

RESTORE = "the archive is damaged; restore the batch from a backup, or run its scrape step again"


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
class Batch:
    """A run's folder, `<AKHBAR_ARCHIVE>/<source>/<name>`."""

    path: Location

    @property
    def partial(self) -> Path:
        """The local folder of a running crawl."""
        name = f"{self.path.name}.partial"
        if isinstance(self.path, Path):
            return self.path.with_name(name)
        return workspace() / hashlib.sha256(str(self.path.parent).encode()).hexdigest()[:12] / name

    def open(self) -> Path:
        """The folder for a crawl to write to: the folder of an earlier attempt of the run, or a new one.

        The manifest of an earlier attempt is removed.
        """
        if not isinstance(self.path, Path):
            download(self.path, self.partial)
        elif self.path.exists() and not self.partial.exists():
            self.path.rename(self.partial)
        self.partial.mkdir(parents=True, exist_ok=True)
        (self.partial / "manifest.json").unlink(missing_ok=True)
        return self.partial

    def seal(self) -> None:
        """Makes the finished crawl's folder the run's batch. Calling it again changes nothing."""
        if not self.partial.exists():
            return
        for name in SCRAPED:
            (self.partial / name).touch()
        if not isinstance(self.path, Path):
            upload(self.partial, self.path)
            shutil.rmtree(self.partial)
            return
        if self.path.exists():
            shutil.rmtree(self.path)
        self.partial.rename(self.path)

    def manifest(self) -> dict[str, Any]:
        """The contents of `manifest.json`. Raises `BatchMissingError`, or `BatchDamagedError` if it is invalid."""
        manifest = _record(self.read("manifest.json"), MANIFEST, str(self.path / "manifest.json"))
        if manifest["version"] > VERSION:
            raise BatchMissingError(f"{self.path} was written by a newer version of this project: upgrade, then retry")
        return manifest

    def lines(self, name: str, only: Container[int] | None = None) -> Iterator[dict[str, Any]]:
        """The records of one of the `.jsonl` files, in order: all of them, or those with these line numbers, from 0.

        Raises `BatchMissingError`, or `BatchDamagedError`, which names the line.
        """
        path = self._file(name)
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if only is None or number in only:
                    yield _record(line, LINES.get(name, {}), f"{path}, line {number + 1}")

    def read(self, name: str) -> bytes:
        """A file of the batch. Raises `BatchMissingError`."""
        file = self._file(name)
        with store_errors(self.path):
            return file.read_bytes()

    def checksum(self, name: str) -> int:
        """The CRC-32 of a file of the batch. Raises `BatchMissingError`."""
        total, path = 0, self._file(name)
        with store_errors(self.path), path.open("rb") as file:
            while block := file.read(1 << 20):
                total = crc32(block, total)
        return total

    def pages_size(self) -> int | None:
        """The size of the page archive in bytes; 0 if it was removed, None if the batch does not exist."""
        folder = self._folder()
        if folder is None:
            return None
        with store_errors(folder):
            warc = folder / "pages.warc.gz"
            return warc.stat().st_size if warc.exists() else 0

    def drop_pages(self, by: str) -> dict[str, Any]:
        """Removes the page archive. Returns the note that is added to the manifest: `at`, `by` and the `bytes` freed.

        Safe to call again, for example after a crash: it finishes the work and returns the same note. First the note is
        added to the manifest, then the positions are removed from `pages.jsonl`, and then the file is deleted.
        """
        folder = self._folder() or self.path
        note = {"at": datetime.now(UTC).isoformat(), "by": by, "bytes": self.pages_size() or 0}
        with store_errors(folder):
            if (folder / "manifest.json").exists():  # a killed crawl has none
                manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
                note = manifest.setdefault("pages_pruned", note)
                write_manifest(folder, manifest)
            if (folder / "pages.jsonl").exists():
                pages = (json.loads(line) for line in (folder / "pages.jsonl").read_bytes().splitlines())
                nowhere = {"warc_offset": None, "warc_length": None}
                replace_file(folder / "pages.jsonl", (json_line({**page, **nowhere}) for page in pages))
            if (folder / "pages.warc.gz").exists():
                (folder / "pages.warc.gz").unlink()
        return note

    def _folder(self) -> "Location | None":
        """The batch's folder, or the folder of a crawl that never ended; None if neither exists."""
        with store_errors(self.path):
            return next((folder for folder in (self.path, self.partial) if folder.exists()), None)

    def _file(self, name: str) -> Location:
        file = self.path / name
        with store_errors(self.path):
            exists = file.exists()
        if not exists:
            raise BatchMissingError(f"{file} does not exist: run the step before this one first")
        return file


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
