"""The archive in an object store: copies batches to and from the store, with one error class for all stores."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from akhbar.settings import Location

if TYPE_CHECKING:
    from upath import UPath


class ArchiveError(Exception):
    """The object store that holds the archive is unreachable or rejected a request."""


@contextmanager
def store_errors(place: Location) -> Iterator[None]:
    """Turns every error of an object store's client into `ArchiveError`. Errors of a local path are not changed."""
    try:
        yield
    except Exception as error:
        if isinstance(place, Path):
            raise
        reason = str(error) or type(error).__name__
        raise ArchiveError(f"{place}: the object store failed: {reason}; try again later") from error


def upload(folder: Path, batch: "UPath") -> None:
    """Copies a finished crawl's folder to the object store, `manifest.json` last: a batch without one does not exist.

    A retry of a crawl appends to the files of the earlier attempt, so each file replaces a shorter version of itself.
    """
    files = [file for file in folder.iterdir() if not file.name.startswith(".")]
    for file in sorted(files, key=lambda file: file.name == "manifest.json"):
        with store_errors(batch):
            batch.fs.put_file(str(file), (batch / file.name).path)


def download(batch: "UPath", folder: Path) -> None:
    """Copies a batch from the object store, for a retry to continue it.

    Does nothing if there is no such batch, or if a killed attempt on this machine has already continued it.
    """
    with store_errors(batch):
        if not (batch / "manifest.json").exists():
            return
        pages = (batch / "pages.jsonl").read_bytes()
        if (folder / "pages.jsonl").exists() and (folder / "pages.jsonl").read_bytes().startswith(pages):
            return
        shutil.rmtree(folder, ignore_errors=True)
        temporary = folder.with_suffix(".fetched")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for file in batch.iterdir():
            batch.fs.get_file(file.path, str(temporary / file.name))
        temporary.rename(folder)
