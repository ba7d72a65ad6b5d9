"""`akhbar prune`: removes the page archives of old runs, `pages.warc.gz`, and keeps everything else.

Stories, rejects, the facts of each page and the batch's other files stay. What was removed is told by the batch's
manifest and by the run's row in `runs`. Each step can be done again: whatever a crash leaves, the next call ends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg2

from akhbar import settings
from akhbar.archive.batch import Batch
from akhbar.database import runs
from akhbar.database.connection import connected
from akhbar.settings import ROOT

STATEMENTS = ROOT / "sql" / "maintenance"


@dataclass(frozen=True)
class Pruned:
    """The page archive of a run that was removed, or would be."""

    batch: str
    bytes: int | None
    """Its size; None where the archive has no such batch: then nothing is touched."""


def age_of(words: str) -> timedelta:
    """The age that `400d` names. Raises `ValueError`, with what to write instead.

    >>> age_of("400d")
    datetime.timedelta(days=400)
    """
    found = re.fullmatch(r"([1-9][0-9]{0,4})d", words)
    if not found:
        raise ValueError(f"{words!r} is no age: write days as a whole number and a d, for example 400d")
    return timedelta(days=int(found[1]))


def prune(older_than: str, database_url: str, *, dry_run: bool = False) -> Iterator[Pruned]:
    """Removes the page archives of the runs that ended longer ago than an age such as `400d`, the oldest first.

    Yields each as it is done. With `dry_run` nothing is changed. Raises `ValueError` for an invalid age,
    `DatabaseError` and, for an object store, `ArchiveError`.
    """
    before = datetime.now(UTC) - age_of(older_than)
    by = f"akhbar prune --older-than {older_than}"
    with connected(database_url) as connection:
        with connection, connection.cursor() as cursor:
            old = runs.with_pages_older_than(cursor, before)
        for run_id, name in old:
            batch = Batch(settings.archive() / name)
            size = batch.pages_size()
            if dry_run or size is None or _prune_run(connection, run_id, batch, by):
                yield Pruned(name, size)


def _prune_run(connection: psycopg2.extensions.connection, run_id: int, batch: Batch, by: str) -> bool:
    """Files first, then the database: a run counts as pruned when nothing of it is left to do."""
    with connection, connection.cursor() as cursor:
        if not runs.lock_for_pruning(cursor, run_id):
            return False
        note = batch.drop_pages(by)
        cursor.execute((STATEMENTS / "mark_pages_pruned.sql").read_text(), {"run_id": run_id})
        runs.record_pruning(cursor, run_id, note)
        return True
