"""The batch: one folder a run, with every response that the spider read and what it made of them.

    manifest.json     the run: what was asked for, when, how it ended, counts
    pages.warc.gz     the responses (ISO 28500), a gzip member a record
    pages.jsonl       what became of each page, and where in the WARC file it lies
    listed.jsonl      every story that a listing named
    scraped.jsonl     the stories as the spider read them
    clean.jsonl       written by the cleaning step, with
    rejects.jsonl     what it refused

A crawl writes into `<name>.partial`; the folder gets its name when the crawl has ended, whatever its outcome, so that
a later step never reads half a batch. A crawl that is tried again goes on in the same folder.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = 1


class BatchMissingError(Exception):
    """A step was asked to work on a batch, or a file of it, that an earlier step did not leave."""


@dataclass(frozen=True)
class Batch:
    """A run's folder, `<AKHBAR_ARCHIVE>/<source>/<name>`."""

    path: Path

    @property
    def partial(self) -> Path:
        """Where a crawl that has not ended writes."""
        return self.path.with_name(self.path.name + ".partial")

    def open(self) -> Path:
        """Makes the folder to write a crawl into: that of an earlier try of the same run where there is one."""
        if self.path.exists() and not self.partial.exists():
            self.path.rename(self.partial)
        self.partial.mkdir(parents=True, exist_ok=True)
        return self.partial

    def seal(self) -> None:
        """Gives the finished crawl's folder its name. Calling it again changes nothing."""
        if self.partial.exists():
            if self.path.exists():
                shutil.rmtree(self.path)
            self.partial.rename(self.path)

    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._file("manifest.json").read_text())
        if found["version"] > VERSION:
            raise BatchMissingError(f"{self.path} was written by a newer version of this project: update and try again")
        return found

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The records of one of the `.jsonl` files, in order."""
        with self._file(name).open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def _file(self, name: str) -> Path:
        file = self.path / name
        if not file.exists():
            raise BatchMissingError(f"{file} does not exist: run the step before this one first")
        return file


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    replace_file(folder / "manifest.json", [json.dumps({"version": VERSION, **manifest}, indent=2, default=str)])


def replace_file(path: Path, lines: Iterable[str]) -> None:
    """Writes a text file aside and renames it, so that nobody reads half of it."""
    aside = path.with_name(f".{path.name}.new")
    with aside.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


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
