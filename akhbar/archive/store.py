"""The archive in an object store: copying a part of a batch there, with one kind of error for every store."""

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


def upload(folder: Path, part: "UPath") -> None:
    """Copies a finished crawl's folder to the object store, `manifest.json` last: a part without one does not exist."""
    files = [file for file in folder.iterdir() if not file.name.startswith(".")]
    for file in sorted(files, key=lambda file: file.name == "manifest.json"):
        with store_errors(part):
            part.fs.put_file(str(file), (part / file.name).path)
