"""The machine misbehaves: processes are killed, and what the rest of the machine can do to them."""

from collections.abc import Iterator
from pathlib import Path

from tests.replica import replica
from torture import kills
from torture.newsroom import postgres
from torture.report import Row


def torture(folder: Path, seed: int, only: str) -> Iterator[Row]:
    """Tries what has `only` in its name."""
    with postgres(folder / "postgres") as server, replica() as site:
        yield from kills.torture(kills.Lab(server, folder, site.url), seed, only)
