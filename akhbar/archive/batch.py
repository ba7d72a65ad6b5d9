"""The batch: one folder a run, with every response that the spider read and what it made of them.

    manifest.json     the run: what was asked for, when, how it ended, counts
    pages.warc.gz     the responses (ISO 28500), a gzip member a record
    pages.jsonl       what became of each page, and where in the WARC file it lies
    due.jsonl         the stories that the spider was told to ask for beside those of the listings, as they were known
    listed.jsonl      every story that a listing named, and what the listings said of it
    scraped.jsonl     the stories as the spider read them
    clean.jsonl       written by the cleaning step, with
    rejects.jsonl     what it refused, and
    readings.tsv      the hashes of its stories: see akhbar.steps.content_hashes

A crawl writes into a folder of this machine, `<name>.partial`. When it has ended, whatever its outcome, the folder gets
its name, or is copied to the object store with the manifest last. So a later step never reads half a batch: one that
has no manifest is not there. A crawl that is tried again goes on in the same folder.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from isal.isal_zlib import crc32

from akhbar.settings import Location, workspace

if TYPE_CHECKING:
    from upath import UPath

RESTORE = "the archive is damaged there; put the batch back from a copy, or run its scrape step again"

VERSION = 2
"""Of a batch's files. 1 had no `due.jsonl`, and `listed.jsonl` told no more than section and address."""


class BatchMissingError(Exception):
    """A step was asked to work on a batch, or a file of it, that an earlier step did not leave."""


class BatchDamagedError(BatchMissingError):
    """A file of a batch is there and is not what was written: cut, overwritten, or made by something else."""


class ArchiveError(Exception):
    """The object store that holds the archive could not be reached, or refused."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_place(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_instant(value: Any) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


def _is_day_or_none(value: Any) -> bool:
    return value is None or bool(date.fromisoformat(value))


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and (value.startswith("/news/") or bool(urlsplit(value)))  # most are: quick


def _is_page(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)


def _one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


Shape = dict[str, Callable[[Any], bool]]
"""What a record must have for those who read it, each told by a function. It may raise at what is of another type."""

LISTED: Shape = {
    "story_id": _is_text,
    "section": _is_text_or_none,
    "url": _is_address,
    "edition_date": _is_day_or_none,
}
LINES: dict[str, Shape] = {
    "pages.jsonl": {
        "url": _is_page,
        "role": _one_of("listing", "feed", "sitemap", "story"),
        "story_id": _is_text_or_none,
        "fetched_at": _is_instant,
        "outcome": _is_text,
        "digest": _is_text_or_none,
        "warc_offset": _is_place,
        "warc_length": _is_place,
    },
    "due.jsonl": LISTED,
    "listed.jsonl": LISTED,
    "clean.jsonl": {
        "story_id": _is_text,
        "kind": _one_of("article", "editorial"),
        "body": _is_text_or_none,
        "extracted_by": _one_of("selectors", "feed", "fallback"),
        "completeness": _one_of("full", "listed"),
    },
    "rejects.jsonl": {"story": lambda value: isinstance(value, dict)},
}
"""Of `scraped.jsonl` nothing is wanted but records: cleaning takes whatever stands in them."""
MANIFEST: Shape = {
    "version": lambda value: type(value) is int,
    "source": _is_text,
    "mode": _one_of("edition", "latest"),
    "edition": _is_day_or_none,
    "started_at": _is_instant,
    "finished_at": _is_instant,
    "counts": lambda value: isinstance(value, dict),
    "stats": lambda value: isinstance(value, dict),
}


@dataclass(frozen=True)
class Batch:
    """A run's folder, `<AKHBAR_ARCHIVE>/<source>/<name>`."""

    path: Location

    @property
    def partial(self) -> Path:
        """Where a crawl that has not ended writes."""
        name = f"{self.path.name}.partial"
        if isinstance(self.path, Path):
            return self.path.with_name(name)
        return workspace() / hashlib.sha256(str(self.path.parent).encode()).hexdigest()[:12] / name

    def open(self) -> Path:
        """Makes the folder to write a crawl into: that of an earlier try of the same run where there is one."""
        if not isinstance(self.path, Path):
            _fetch(self.path, self.partial)
        elif self.path.exists() and not self.partial.exists():
            self.path.rename(self.partial)
        self.partial.mkdir(parents=True, exist_ok=True)
        return self.partial

    def seal(self) -> None:
        """Makes the finished crawl's folder the run's batch. Calling it again changes nothing."""
        if not self.partial.exists():
            return
        if not isinstance(self.path, Path):
            _store(self.partial, self.path)
            shutil.rmtree(self.partial)
            return
        if self.path.exists():
            shutil.rmtree(self.path)
        self.partial.rename(self.path)

    def manifest(self) -> dict[str, Any]:
        """What `manifest.json` says. Raises `BatchMissingError`, and `BatchDamagedError` where it is none."""
        found = _record(self.read("manifest.json"), MANIFEST, str(self.path / "manifest.json"))
        if found["version"] > VERSION:
            raise BatchMissingError(f"{self.path} was written by a newer version of this project: update and try again")
        return found

    def lines(self, name: str, only: Container[int] | None = None) -> Iterator[dict[str, Any]]:
        """The records of one of the `.jsonl` files, in order: all of them, or those on some lines, counted from 0.

        Raises as `manifest`, and then names the line.
        """
        path = self._file(name)
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if only is None or number in only:
                    yield _record(line, LINES.get(name, {}), f"{path}, line {number + 1}")

    def read(self, name: str) -> bytes:
        """A file of the batch. Raises `BatchMissingError`."""
        file = self._file(name)
        with _asking(self.path):
            return file.read_bytes()

    def checksum(self, name: str) -> int:
        """The CRC-32 of a file of the batch. Raises `BatchMissingError`."""
        total, path = 0, self._file(name)
        with _asking(self.path), path.open("rb") as file:
            while block := file.read(1 << 20):
                total = crc32(block, total)
        return total

    def pages_size(self) -> int | None:
        """Bytes of the page archive, 0 if it was removed; None where the archive has no such batch."""
        folder = self._folder()
        if folder is None:
            return None
        with _asking(folder):
            warc = folder / "pages.warc.gz"
            return warc.stat().st_size if warc.exists() else 0

    def drop_pages(self, by: str) -> dict[str, Any]:
        """Removes the page archive. Returns the note on it that the manifest keeps: `at`, `by` and the `bytes` freed.

        Calling it again, also after a crash on the way, ends what is left and returns the same note: first the manifest
        tells of it, then `pages.jsonl` points nowhere, then the file goes.
        """
        folder = self._folder() or self.path
        note = {"at": datetime.now(UTC).isoformat(), "by": by, "bytes": self.pages_size() or 0}
        with _asking(folder):
            if (folder / "manifest.json").exists():  # else the crawl died
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
        """Where the batch lies: in its place, or where a crawl that never ended left it."""
        with _asking(self.path):
            return next((folder for folder in (self.path, self.partial) if folder.exists()), None)

    def _file(self, name: str) -> Location:
        file = self.path / name
        with _asking(self.path):
            exists = file.exists()
        if not exists:
            raise BatchMissingError(f"{file} does not exist: run the step before this one first")
        return file


def write_manifest(folder: Location, manifest: dict[str, Any]) -> None:
    replace_file(folder / "manifest.json", [json.dumps({"version": VERSION, **manifest}, indent=2, default=str)])


def json_line(record: dict[str, Any]) -> str:
    """A record as a line of a `.jsonl` file, without the line's end.

    Half a surrogate pair, which a page's own JSON can hold and UTF-8 cannot, is written as an escape.
    """
    try:
        return msgspec.json.encode(record).decode()
    except (UnicodeEncodeError, TypeError):  # a kind of text that is only json's: lxml's smart strings
        return json.dumps(record)


def replace_file(path: Location, lines: Iterable[str]) -> None:
    """Writes a text file aside and puts it in place when it is whole, so that nobody reads half of it."""
    if not isinstance(path, Path):
        with TemporaryDirectory() as folder:
            replace_file(Path(folder) / path.name, lines)
            with _asking(path):
                path.fs.put_file(f"{folder}/{path.name}", path.path)
        return
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        if error.errno and not error.filename:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def whole_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a `.jsonl` file that a killed process may have left torn: the torn last line is cut off."""
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return [json.loads(line) for line in whole.splitlines()]


def printable(text: str) -> str:
    """A text with U+FFFD for each control character but line ends and tabs.

    For what quotes the site, such as the reason why a page failed: an escape sequence in a header would be obeyed by
    the terminal that shows the log, and Postgres does not store a NUL.
    """
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _record(line: bytes, shape: Shape, where: str) -> dict[str, Any]:
    """The JSON object of a line; what the shape names and it lacks is None.

    Raises `BatchDamagedError`, with what is wrong and where, where it is not of that shape.
    """
    try:
        found = _decoded(line)
    except (ValueError, RecursionError) as error:
        raise BatchDamagedError(f"{where}: no JSON ({error}): {RESTORE}") from error
    if not isinstance(found, dict):
        raise BatchDamagedError(f"{where}: a JSON object is wanted, not {type(found).__name__}: {RESTORE}")
    for name, fits in shape.items():
        try:
            fitting = fits(found.setdefault(name, None))
        except (TypeError, ValueError, AttributeError):
            fitting = False
        if not fitting:
            said = printable(repr(found.get(name)))[:80]
            raise BatchDamagedError(f"{where}: {name} cannot be {said}: {RESTORE}")
    return found


def _decoded(line: bytes) -> Any:
    """What json reads, in half of the time; json itself where there are halves of surrogate pairs, or no JSON."""
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(line)


def _store(folder: Path, batch: "UPath") -> None:
    """Copies a batch to the object store, the manifest last: with it the batch is there.

    Where an earlier try of the run is there already, this one goes on from it, so that each of its files takes the
    place of one that says less and nothing is torn in between.
    """
    files = [file for file in folder.iterdir() if not file.name.startswith(".")]
    for file in sorted(files, key=lambda file: file.name == "manifest.json"):
        with _asking(batch):
            batch.fs.put_file(str(file), (batch / file.name).path)


def _fetch(batch: "UPath", folder: Path) -> None:
    """Brings a batch back from the object store to go on with it, unless a killed try on this machine already did."""
    with _asking(batch):
        if not (batch / "manifest.json").exists():
            return
        pages = (batch / "pages.jsonl").read_bytes()
        if (folder / "pages.jsonl").exists() and (folder / "pages.jsonl").read_bytes().startswith(pages):
            return
        shutil.rmtree(folder, ignore_errors=True)
        aside = folder.with_suffix(".fetched")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for file in batch.iterdir():
            batch.fs.get_file(file.path, str(aside / file.name))
        aside.rename(folder)


@contextmanager
def _asking(place: Location) -> Iterator[None]:
    """Turns whatever the client of an object store raises into one kind of error; each has its own."""
    try:
        yield
    except Exception as error:
        if isinstance(place, Path):
            raise
        said = str(error) or type(error).__name__
        raise ArchiveError(f"{place}: the object store did not answer as it should: {said}; try again later") from error
