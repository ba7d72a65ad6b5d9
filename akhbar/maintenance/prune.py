"""`akhbar prune`: removes the page archives of old runs, `pages.warc.gz`, and keeps everything else.

Stories, rejects, the table `pages` and the batch's other files are kept. The batch's manifest and the run's row in
`runs` record what was removed. After a crash, the next call finishes the work.
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
    """A run's page archive that was removed, or would be."""

    batch: str
    bytes: int | None
    """The size of the page archive; None if there is no such batch, in which case nothing was changed."""


def age_of(text: str) -> timedelta:
    """An age such as `400d`. Raises `ValueError`, which says what to write instead.

    >>> age_of("400d")
    datetime.timedelta(days=400)
    """
    found = re.fullmatch(r"([1-9][0-9]{0,4})d", text)
    if not found:
        raise ValueError(f"{text!r} is not an age: write a number of days and a d, for example 400d")
    return timedelta(days=int(found[1]))


def prune(older_than: str, database_url: str, *, dry_run: bool = False) -> Iterator[Pruned]:
    """Removes the page archives of runs that ended longer ago than an age such as `400d`, oldest first.

    Yields each archive once it is removed. With `dry_run` nothing is changed. Raises `ValueError` for an invalid age,
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
    """Updates files first, then the database: a run counts as pruned only when everything is done."""
    with connection, connection.cursor() as cursor:
        if not runs.lock_for_pruning(cursor, run_id):
            return False
        note = batch.drop_pages(by)
        cursor.execute((STATEMENTS / "mark_pages_pruned.sql").read_text(), {"run_id": run_id})
        runs.record_pruning(cursor, run_id, note)
        return True
