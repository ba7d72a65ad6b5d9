"""Replay: archived pages through today's spider, cleaning and loading, with no network. How a mended parser reaches
years of history, and how the tables are filled again if they were lost.

Batches are read by as many processes as there are cores (`akhbar.replay.worker`) and loaded in the order in which they
were crawled. Which text is the present one is decided as at any load: by when its page was fetched, never by when it
was read. A replay is a row in the table `runs`, and `replayed` holds a row for each batch that it has been through,
written in the same transaction as the batch's stories: a stopped replay resumes where it was.
"""

import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar import settings
from akhbar.archive.batch import Batch, BatchMissingError
from akhbar.database import locks, runs
from akhbar.database.connection import connected
from akhbar.newspapers import newspaper
from akhbar.settings import ROOT, Location
from akhbar.steps.load import load_again

logger = logging.getLogger(__name__)

READERS = ("spiders/**/*.py", "akhbar/story.py", "akhbar/steps/clean.py")
"""What decides how a page is read. A replay that was stopped goes on only as long as none of it has changed."""


NUMBER = re.compile(r"[0-9]{1,18}")
NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,200}")
"""Of a run: one folder of the newspaper's own, and no way out of it."""


class ReplayError(Exception):
    """A replay could not begin, or did not read all that it was asked to; what it did read is stored."""


@dataclass(frozen=True)
class Wanted:
    """Which batches of a newspaper are read again: those of all days, unless told otherwise."""

    source: str
    first: date | None = None
    last: date | None = None
    run: str | None = None
    """One run: its number in the table `runs`, or its batch's name."""

    def describe(self) -> dict[str, str]:
        """As it is kept with the replay, to know it again."""
        facts = {"from": self.first, "to": self.last, "run": self.run}
        return {name: str(value) for name, value in facts.items() if value is not None} | {"code": _code()}


@dataclass
class Result:
    """What a replay did, over all calls that it took."""

    run_id: int
    batches: int
    totals: Counter[str]
    """Pages read; stories inserted, updated, unchanged, rejected, and reparsed: those that came out otherwise."""
    fields: Counter[str]
    """Which fields came out otherwise, and of how many stories."""
    examples: list[list[str]]
    """Each the number of a story, a field, and an extract of before and after."""
    broken: list[str]
    """Records of the archive that could not be read, by file and offset."""

    def lines(self) -> Iterator[str]:
        """What changed, for people: counts, fields, examples."""
        n = self.totals
        yield f"read {n['pages']} pages of {self.batches} batches again, as run {self.run_id}"
        yield (
            f"stories: {n['inserted']} new, {n['updated']} changed, {n['reparsed']} of them only read otherwise; "
            f"{n['unchanged']} as they were, {n['rejected']} rejected"
        )
        for name, stories in self.fields.most_common():
            yield f"{name}: {stories} stories"
            for story_id, _, before, after in (one for one in self.examples if one[1] == name):
                yield f"  {story_id}: {before!r} is now {after!r}"


def replay(
    wanted: Wanted,
    database_url: str,
    cores: int | None = None,
    progress: Callable[[int, int, int], None] = lambda done, of, pages: None,
) -> Result:
    """Reads batches again and stores what comes of them. Goes on where an earlier call for the same was stopped.

    `cores` processes read; as many as the machine has unless given. `progress` is told how many batches of how many are
    done, and the pages read in this call. Raises `ReplayError` at the end where records could not be read, with all
    others stored; `DatabaseError`, `BatchMissingError` where there is nothing to read.
    """
    newspaper(wanted.source)
    settings.check_crawling()  # which the processes that read would stumble over
    with _replay_lock(wanted.source, database_url) as cursor:
        batches = _batches(wanted, cursor)
        run_id = runs.start_replay(cursor, wanted.source, wanted.describe())
        done = _replayed(cursor, run_id)
        left = [batch for batch in batches if f"{wanted.source}/{batch.path.name}" not in done]
        if done:
            logger.info("going on with a replay that was stopped: %d of %d batches are done", len(done), len(batches))
        pages = 0
        progress(len(batches) - len(left), len(batches), pages)
        try:
            for number, counts in enumerate(
                _all_reread(left, run_id, database_url, cores), len(batches) - len(left) + 1
            ):
                pages += counts["pages"]
                progress(number, len(batches), pages)
        except BaseException as error:
            _stop(cursor, run_id, error)
            raise
        result = _result(cursor, run_id)
        why = f"{len(result.broken)} records of the archive could not be read: {'; '.join(result.broken[:3])}"
        _finish(cursor, result, why if result.broken else None)
    if result.broken:
        raise ReplayError(f"{why}; all the rest was read and stored, as run {run_id}")
    return result


def _all_reread(batches: list[Batch], run_id: int, url: str, cores: int | None) -> Iterator[dict[str, Any]]:
    """Reads batches in parallel and loads them in order; the counts of each once it is stored."""
    cores = min(cores or os.cpu_count() or 1, len(batches))
    if not batches:
        return
    with _scratch() as folder, ThreadPoolExecutor(cores) as pool:
        readers: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        processes = [_reader() for _ in range(cores)]
        for process in processes:
            readers.put(process)
        under_way: deque[tuple[Path, Future[dict[str, Any]]]] = deque()
        ahead = iter(batches)
        try:
            while True:
                for batch in ahead:
                    target = folder / batch.path.parent.name / batch.path.name
                    under_way.append((target, pool.submit(_reread, readers, batch, target)))
                    if len(under_way) > 2 * cores:
                        break
                if not under_way:
                    return
                target, read = under_way.popleft()
                yield load_again(target, run_id, read.result(), url)
                shutil.rmtree(target)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
                process.communicate()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder to read batches into, gone at the end. What replays that were killed left behind goes, too.

    A replay under way, of any newspaper and into any database, holds a lock on its folder; one that died holds none.
    """
    place = settings.workspace()
    with ExitStack() as held:
        with (place / "replays.lock").open("w") as one_at_a_time:  # a folder that is new is not locked yet
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            for left in place.glob("replay-*"):
                if _is_left_alone(left):
                    shutil.rmtree(left, ignore_errors=True)
            folder = Path(held.enter_context(TemporaryDirectory(dir=place, prefix="replay-")))
            lock = os.open(folder, os.O_RDONLY)
            held.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _is_left_alone(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # it is gone by now
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _reader() -> subprocess.Popen[str]:
    """A process that reads batches; it ends when its standard input does, hence with us."""
    return subprocess.Popen(
        [sys.executable, "-m", "akhbar.replay.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=settings.reading_environment(),
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C is for us; we then end it
    )


def _reread(readers: SimpleQueue[subprocess.Popen[str]], batch: Batch, target: Path) -> dict[str, Any]:
    """Has a free process read a batch into a folder; returns what it tells."""
    process = readers.get()
    try:
        print(json.dumps({"batch": str(batch.path), "folder": str(target)}), file=process.stdin, flush=True)
        said = next(iter(process.stdout or ()), "")
    except OSError:
        said = ""
    if not said:
        raise ReplayError(f"{batch.path}: the process that read it died; what it said stands above")
    readers.put(process)
    answer: dict[str, Any] = json.loads(said)
    if "error" in answer:
        raise ReplayError(answer["error"])
    return answer


# --- which batches --------------------------------------------------------------------------------------------------


def _batches(wanted: Wanted, cursor: Cursor) -> list[Batch]:
    """The batches that are wanted, in the order in which their crawls ended."""
    if wanted.first and wanted.last and wanted.first > wanted.last:
        raise ReplayError(f"{wanted.first} is after {wanted.last}: swap them")
    zone = newspaper(wanted.source).zone
    archive = settings.archive() / wanted.source
    found: list[tuple[str, str, Batch]] = []
    for folder in _folders(archive, wanted, cursor):
        batch = Batch(folder)
        manifest = batch.manifest()
        began = datetime.fromisoformat(manifest["started_at"]).astimezone(zone).date()
        day = date.fromisoformat(manifest["edition"]) if manifest["edition"] else began
        if (wanted.first or day) <= day <= (wanted.last or day) and (folder / "pages.warc.gz").exists():
            found.append((manifest["finished_at"], folder.name, batch))
    if not found:
        raise BatchMissingError(f"{archive} holds no batch of these days: look at --from, --to and AKHBAR_ARCHIVE")
    return [batch for _, _, batch in sorted(found, key=lambda one: one[:2])]


def _folders(archive: Location, wanted: Wanted, cursor: Cursor) -> list[Location]:
    if wanted.run:
        return [archive / _name_of(wanted.run, wanted.source, cursor)]
    if not archive.exists():
        return []
    folders = (folder for folder in archive.iterdir() if not folder.name.endswith(".partial"))
    return [folder for folder in folders if (folder / "manifest.json").exists()]


def check_name(run: str, source: str) -> str:
    """A run's number or its batch's name, less the newspaper's. Raises `ReplayError` where no run can be called so."""
    name = run.removeprefix(f"{source}/")
    if not NAME.fullmatch(name):
        raise ReplayError(f"no run can be called {name[:120]!r}: give its number in the table runs, or its batch")
    return name


def _name_of(run: str, source: str, cursor: Cursor) -> str:
    name = check_name(run, source)
    if not NUMBER.fullmatch(run):
        return name
    cursor.execute("SELECT batch FROM news.runs WHERE id = %s AND source = %s AND mode <> 'replay'", [run, source])
    row = cursor.fetchone()
    if row is None:
        raise ReplayError(f"there is no run {run} of {source}: the table runs has their numbers")
    return str(row[0]).removeprefix(f"{source}/")


# --- the replay's own row -------------------------------------------------------------------------------------------


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


def _finish(cursor: Cursor, result: Result, why: str | None) -> None:
    counts = {**result.totals, "batches": result.batches, "fields": result.fields, "broken": len(result.broken)}
    runs.finish_replay(cursor, result.run_id, counts, why)


def _stop(cursor: Cursor, run_id: int, error: BaseException) -> None:
    """Records why a replay stopped, if the database still answers."""
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
