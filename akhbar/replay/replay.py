"""Replay: runs archived pages through the current spider, clean and load steps, without the network.

Use it to apply a fixed parser to years of history, or to refill lost tables. One process per core reads
batches (`akhbar.replay.worker`), and this one loads them in the order in which they were crawled. As in any
load, a story's current text is the one whose page was fetched last, whenever it was parsed. A replay is a row in the
table `runs`. The table `replayed` gets a row for each batch in the same transaction as the batch's stories, so that a
stopped replay resumes with the next batch.
"""

import hashlib
import logging
import os
import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar import settings
from akhbar.archive.batch import Batch, BatchMissingError
from akhbar.database import locks, runs
from akhbar.database.connection import connected
from akhbar.newspapers import newspaper
from akhbar.replay.workers import WorkerError, Workers, temporary_folder
from akhbar.settings import ROOT, Location
from akhbar.steps.load import load_replayed

logger = logging.getLogger(__name__)

READERS = ("spiders/**/*.py", "akhbar/dates.py", "akhbar/newspaper.py", "akhbar/story.py", "akhbar/steps/clean.py")
"""The code that decides how a page is read. A stopped replay resumes only if none of it has changed."""

RUN_ID = re.compile(r"[0-9]{1,18}")
BATCH_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,200}")
"""The name of a folder directly inside the newspaper's folder: such a name cannot lead outside it."""


class ReplayError(Exception):
    """A replay could not start, or could not read every batch or record. Everything that it did read is stored."""


@dataclass(frozen=True)
class Selection:
    """Which batches of a newspaper to replay: all, those of a range of days, or one."""

    source: str
    first: date | None = None
    last: date | None = None
    run: str | None = None
    """One run: its id in the table `runs`, or the name of its batch."""

    def describe(self) -> dict[str, str]:
        """The values stored in `runs.stats` to recognise a stopped replay."""
        facts = {"from": self.first, "to": self.last, "run": self.run}
        return {name: str(value) for name, value in facts.items() if value is not None} | {"code": _code()}


@dataclass
class Result:
    """The result of a replay, over all calls that it took."""

    run_id: int
    batches: int
    totals: Counter[str]
    """Pages read; stories inserted, updated, unchanged, rejected, and reparsed (those that the code now reads
    differently)."""
    fields: Counter[str]
    """Number of changed stories by field."""
    examples: list[list[str]]
    """Each has a story's id, a field, and an extract of the field before and after."""
    broken: list[str]
    """Archive records that could not be read, with file and offset."""

    def lines(self) -> Iterator[str]:
        """The changes as text: counts, fields, examples."""
        n = self.totals
        yield f"replayed {n['pages']} pages of {self.batches} batches as run {self.run_id}"
        yield (
            f"stories: {n['inserted']} new, {n['updated']} changed ({n['reparsed']} only because the code changed), "
            f"{n['unchanged']} unchanged, {n['rejected']} rejected"
        )
        for name, stories in self.fields.most_common():
            yield f"{name}: {stories} stories"
            for story_id, _, before, after in (example for example in self.examples if example[1] == name):
                yield f"  {story_id}: {before!r} is now {after!r}"


def replay(
    selection: Selection,
    database_url: str,
    cores: int | None = None,
    progress: Callable[[int, int, int], None] = lambda done, total, pages: None,
) -> Result:
    """Replays batches and stores the result. Resumes a stopped replay of the same batches with the same code.

    `cores` is the number of worker processes, by default one per core. `progress` receives the number of batches done,
    their total, and the pages read by this call. Raises `ReplayError` at the end if records could not be read, after
    storing all others; `DatabaseError`; and `BatchMissingError` if there is nothing to replay.
    """
    newspaper(selection.source)
    settings.check_crawl_settings()  # the workers read them
    with _replay_lock(selection.source, database_url) as cursor:
        batches, unread = _batches(selection, cursor)
        run_id = runs.start_replay(cursor, selection.source, selection.describe())
        done = _replayed(cursor, run_id)
        left = [batch for batch in batches if runs.batch_name(batch.path) not in done]
        if done:
            logger.info("resuming a stopped replay: %d of %d batches are done", len(done), len(batches))
        pages, first = 0, len(batches) - len(left)
        progress(first, len(batches), pages)
        try:
            for number, outcome in enumerate(_read_and_load(left, run_id, database_url, cores), first + 1):
                if isinstance(outcome, str):
                    logger.error("%s", outcome)
                    unread.append(outcome)
                else:
                    pages += outcome["pages"]
                    for problem in outcome["damaged"]:
                        logger.warning("%s", problem)
                progress(number, len(batches), pages)
        except BaseException as error:
            _stop(cursor, run_id, error)
            raise
        result = _result(cursor, run_id)
        reason = _what_was_not_read(unread, result.broken)
        _finish(cursor, result, reason)
    if reason:
        raise ReplayError(f"{reason}; everything else was read and stored, as run {run_id}")
    return result


def _what_was_not_read(batches: list[str], records: list[str]) -> str | None:
    """The batches and archive records that could not be read, as text for the operator; None if all were read."""
    parts = []
    if batches:
        parts.append(f"{len(batches)} batches could not be read: {'; '.join(batches[:3])}")
    if records:
        parts.append(f"{len(records)} archive records could not be read: {'; '.join(records[:3])}")
    return "; ".join(parts) or None


def _read_and_load(batches: list[Batch], run_id: int, url: str, cores: int | None) -> Iterator[dict[str, Any] | str]:
    """Reads batches in parallel and loads them in order.

    Yields the counts of each once it is stored, or why it could not be read.
    """
    if not batches:
        return
    cores = min(cores or os.cpu_count() or 1, len(batches))
    reading: deque[tuple[Path, Future[dict[str, Any]]]] = deque()
    waiting = iter(batches)
    with temporary_folder() as folder, ThreadPoolExecutor(cores) as pool:
        workers = Workers(cores)
        try:
            while True:
                for batch in waiting:
                    target = folder / batch.path.parent.name / batch.path.name
                    reading.append((target, pool.submit(workers.read, batch, target)))
                    if len(reading) > 2 * cores:
                        break
                if not reading:
                    return
                target, counts = reading.popleft()
                try:
                    yield load_replayed(target, run_id, counts.result(), url)
                except (WorkerError, BatchMissingError) as error:
                    yield str(error)
                shutil.rmtree(target, ignore_errors=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            workers.kill()


# --- selection of batches ---------------------------------------------------------------------------------------------


def _batches(selection: Selection, cursor: Cursor) -> tuple[list[Batch], list[str]]:
    """The selected batches, in the order in which their crawls ended; and why others cannot be read."""
    first, last = selection.first, selection.last
    if first and last and first > last:
        raise ReplayError(f"--from {first} is after --to {last}: swap them")
    zone = newspaper(selection.source).zone
    archive = settings.archive() / selection.source
    found: list[tuple[str, str, Batch]] = []
    damaged: list[str] = []
    for folder in _folders(archive, selection, cursor):
        batch = Batch(folder)
        try:
            manifest = batch.manifest()
        except BatchMissingError as error:  # without its manifest, its day is not known
            logger.error("%s", error)
            damaged.append(str(error))
            continue
        started = datetime.fromisoformat(manifest["started_at"]).astimezone(zone).date()
        day = date.fromisoformat(manifest["edition"]) if manifest["edition"] else started
        if (first or day) <= day <= (last or day) and any(part.has_pages() for part in batch.parts()):
            found.append((manifest["finished_at"], folder.name, batch))
    if not found and damaged:
        raise ReplayError(f"no batch could be read: {'; '.join(damaged[:3])}")
    if not found:
        raise BatchMissingError(f"{archive} has no batches for these days: check --from, --to and AKHBAR_ARCHIVE")
    return [batch for _, _, batch in sorted(found, key=lambda one: one[:2])], damaged


def _folders(archive: Location, selection: Selection, cursor: Cursor) -> list[Location]:
    if selection.run:
        return [archive / _folder_name(selection.run, selection.source, cursor)]
    if not archive.exists():
        return []
    return [folder for folder in archive.iterdir() if Batch(folder).parts()]


def check_name(run: str, source: str) -> str:
    """A run's id, or its batch's name without the newspaper. Raises `ReplayError` for text that cannot be either."""
    name = run.removeprefix(f"{source}/")
    if not BATCH_NAME.fullmatch(name):
        raise ReplayError(f"{name[:120]!r} is not a run: give its id in the table runs, or the name of its batch")
    return name


def _folder_name(run: str, source: str, cursor: Cursor) -> str:
    name = check_name(run, source)
    if not RUN_ID.fullmatch(run):
        return name
    cursor.execute("SELECT batch FROM news.runs WHERE id = %s AND source = %s AND mode <> 'replay'", [run, source])
    row = cursor.fetchone()
    if row is None:
        raise ReplayError(f"there is no run {run} of {source}: see the ids in the table runs")
    return str(row[0]).removeprefix(f"{source}/")


# --- the replay's row in runs -----------------------------------------------------------------------------------------


@contextmanager
def _replay_lock(source: str, database_url: str) -> Iterator[Cursor]:
    """A cursor that holds the newspaper's replay lock. Raises `ReplayError` if another process holds it."""
    with connected(database_url) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            if not locks.try_lock(cursor, "replay", source):
                raise ReplayError(f"another replay of {source} is running: wait for it to end")
            try:
                yield cursor
            finally:
                with suppress(psycopg2.Error):
                    locks.release(cursor)


def _replayed(cursor: Cursor, run_id: int) -> set[str]:
    """The batches that a replay has read and stored."""
    cursor.execute("SELECT batch FROM news.replayed WHERE run_id = %s", [run_id])
    return {batch for (batch,) in cursor}


def _result(cursor: Cursor, run_id: int) -> Result:
    result = Result(run_id, 0, Counter(), Counter(), [], [])
    seen: Counter[str] = Counter()
    cursor.execute("SELECT counts FROM news.replayed WHERE run_id = %s ORDER BY replayed_at", [run_id])
    for (counts,) in cursor:
        result.batches += 1
        for what in ("pages", "inserted", "updated", "unchanged", "reparsed", "rejected"):
            result.totals[what] += counts[what]
        result.fields.update(counts["fields"])
        result.broken += counts["broken"]
        for example in counts["examples"]:
            seen[example[1]] += 1
            if seen[example[1]] <= 3:
                result.examples.append(example)
    return result


def _finish(cursor: Cursor, result: Result, reason: str | None) -> None:
    counts = {**result.totals, "batches": result.batches, "fields": result.fields, "broken": len(result.broken)}
    runs.finish_replay(cursor, result.run_id, counts, reason)


def _stop(cursor: Cursor, run_id: int, error: BaseException) -> None:
    """Records why a replay stopped, unless the database is unavailable."""
    reason = f"stopped: {str(error) or type(error).__name__}; start the replay again to resume it"
    try:
        runs.stop_replay(cursor, run_id, reason)
    except psycopg2.Error:
        logger.warning("could not record how run %d ended: %s", run_id, reason)


def _code() -> str:
    """A digest of the code that decides how a page is read."""
    digest = hashlib.sha256()
    for pattern in READERS:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
