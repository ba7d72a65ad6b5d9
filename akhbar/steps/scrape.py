"""The scrape step: runs a crawl in a process of its own, forwards its log, and seals what it fetched as a part of the
run's batch."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from akhbar.archive.batch import Batch, BatchMissingError, manifest_of_killed, write_manifest
from akhbar.archive.store import ArchiveError
from akhbar.database import runs
from akhbar.database.connection import DatabaseError, transaction
from akhbar.database.pause import PAUSED_UNTIL, next_try, pages_pause
from akhbar.newspapers import newspaper
from akhbar.run import Run
from akhbar.settings import ROOT, check_crawl_settings, spider_environment

logger = logging.getLogger(__name__)

STOPPED = "the crawl was stopped"

NOTHING_FETCHED = "database error, nothing was fetched"

FINAL = ("unchanged", "gone", "moved")
"""Outcomes of a page after which fetching it again in the same run is pointless."""

GRACE_PERIOD = 20
"""Seconds that a crawl has to finish its current page and close its files before it is killed."""


class CrawlFailedError(Exception):
    """A crawl did not fetch everything. The batch contains what it did fetch."""


class NewspaperRefusedError(CrawlFailedError):
    """The site blocks the crawl: a challenge page, or a very long `Retry-After`. Do not retry soon."""


def scrape(run: Run, database_url: str) -> dict[str, Any]:
    """Fetches an edition or the latest stories of a newspaper into the run's batch.

    A second call for the same run adds a part with only what is missing. The run is recorded in the table
    `runs` before the first request, so that a run that dies is visible.

    Returns the batch's path, the crawl's outcome and its counts. If the crawl fails, seals the batch and then raises
    `CrawlFailedError` with the reason, or `NewspaperRefusedError` if the site blocks the crawl. A second call for a
    blocked run requests nothing until the pause of `akhbar.database.pause` is over, unless the run is a recheck. Raises
    `InvalidSettingError` before it starts, and `DatabaseError`.
    """
    paper = newspaper(run.source)
    check_crawl_settings()
    now = datetime.now(UTC)
    manifest = _manifest(run, now)
    batch = Batch(run.batch)
    with transaction(database_url, NOTHING_FETCHED) as cursor:
        pause = pages_pause(cursor, run.source, now)
        if pause.until and not pause.is_over(now) and runs.is_refused(cursor, run.batch) and not run.recheck:
            # its row must keep the outcome `refused`
            raise NewspaperRefusedError(f"blocked by the site: pages; {next_try(pause.until, paper)}")
        runs.record(cursor, run.batch, manifest)
    arguments = {"edition": run.edition.isoformat()} if run.edition else {"mode": "latest"}
    try:
        ended = crawl(batch, manifest, arguments, database_url, recheck=run.recheck)
    except BaseException:  # this process is being stopped, or the archive is unavailable
        with suppress(BatchMissingError, ArchiveError, DatabaseError), transaction(database_url) as cursor:
            runs.record(cursor, run.batch, batch.manifest())
        raise
    with transaction(database_url, NOTHING_FETCHED) as cursor:
        runs.record(cursor, run.batch, ended)
        pause = pages_pause(cursor, run.source, datetime.now(UTC))
    if slowed := throttling(ended["stats"]):
        logger.warning("%s", slowed)
    stored = ended["counts"].get("scraped", 0)
    if ended["outcome"] == "refused":
        when = f"; {next_try(pause.until, paper)}" if pause.until and PAUSED_UNTIL not in ended["stats"] else ""
        raise NewspaperRefusedError(f"{ended['reason']}; kept {stored} stories{when}")
    if ended["outcome"] != "complete":
        raise CrawlFailedError(f"{ended['reason']}; kept {stored} stories; run the task again to fetch the rest")
    if ended["reason"]:
        logger.warning("%s", ended["reason"])
    return {"batch": str(run.batch), "outcome": ended["outcome"], **ended["counts"]}


def _manifest(run: Run, started_at: datetime) -> dict[str, Any]:
    """What a crawl's manifest says before the crawl has begun."""
    return {
        "source": run.source,
        "mode": run.mode,
        "edition": run.edition.isoformat() if run.edition else None,
        "dag_id": run.dag_id,
        "dag_run_id": run.dag_run_id,
        "started_at": started_at.isoformat(),
    }


def seal_stopped_crawl(run: Run, database_url: str) -> None:
    """Seals what a crawl fetched whose task was killed before it could do so; does nothing if it was sealed.

    Raises `DatabaseError`.
    """
    batch = Batch(run.batch)
    if batch.abandoned():
        with transaction(database_url) as cursor:
            started_at = runs.started_at(cursor, run.batch)
        batch.seal_abandoned(_manifest(run, started_at), STOPPED)


def throttling(stats: dict[str, Any]) -> str | None:
    """How often the site throttled a crawl and how long the crawl waited, from its statistics; None if never."""
    times, seconds = stats.get("akhbar/throttled", 0), stats.get("akhbar/throttled_seconds", 0)
    if not times:
        return None
    waited = f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
    return f"throttled {times} times, waited {waited}"


def crawl(
    batch: Batch, manifest: dict[str, Any], arguments: dict[str, str], database_url: str | None, *, recheck: bool
) -> dict[str, Any]:
    """Runs a crawl in a separate process and seals its batch. Returns the manifest, which says how it ended.

    An exception raised in this process meanwhile, such as a time limit, ends the crawl; what it fetched is sealed too.
    Without a database, every story counts as new.
    """
    folder = batch.open(manifest)
    order = {"folder": str(folder), "manifest": manifest, "arguments": arguments, "recheck": recheck}
    order["log_level"] = logger.getEffectiveLevel()  # a crawl does not write lines that are not logged
    why = STOPPED
    try:
        with _process(order, database_url) as process:
            with suppress(BrokenPipeError):  # its log says why it ended
                print(json.dumps(_earlier_tries(batch, manifest["mode"])), file=process.stdin, flush=True)
            last = _forward_log(process.stdout or ())
            why = f"the crawl process died with status {process.wait()}: {last}"
    finally:
        if not (folder / "manifest.json").exists():
            write_manifest(folder, manifest_of_killed(folder, manifest, why))
        batch.seal(folder)
    return batch.manifest()


def _earlier_tries(batch: Batch, mode: str) -> dict[str, Any]:
    """What earlier tries of a run `listed`, and the ids of the stories that they have `read`.

    An edition reads a feed's stories from their pages.
    """
    if not batch.parts():
        return {"listed": [], "read": []}
    pages = list(batch.lines("pages.jsonl"))
    parsed = {page["story_id"] for page in pages if page["outcome"] == "parsed"}
    read = {page["story_id"] for page in pages if page["outcome"] in FINAL}
    for story in batch.lines("scraped.jsonl"):
        is_read = mode != "edition" if story.get("extracted_by") == "feed" else story.get("story_id") in parsed
        if story.get("completeness") == "full" and is_read:
            read.add(story["story_id"])
    return {"listed": list(batch.lines("listed.jsonl")), "read": sorted(filter(None, read))}


@contextmanager
def _process(order: dict[str, Any], database_url: str | None) -> Iterator[subprocess.Popen[str]]:
    """The crawl process, in its own process group. An exception in the block, or SIGTERM to this process, ends it."""
    environment = spider_environment()
    environment.pop("AKHBAR_DATABASE_URL", None)
    if database_url:
        environment["AKHBAR_DATABASE_URL"] = database_url
    process = subprocess.Popen(
        [sys.executable, "-m", "akhbar.crawl.process", json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE_PERIOD)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def _forward_log(lines: Iterable[str]) -> str:
    """Logs each line of the crawl at its original level. Returns the last one, which may say why the process died."""
    last = "it logged nothing"
    for line in lines:
        try:
            record = json.loads(line)
            logging.getLogger(record["logger"]).log(record["level"], "%s", record["message"])
            last = record["message"].splitlines()[-1]
        except (ValueError, TypeError, KeyError):
            last = line.strip() or last
            logger.warning("%s", line.rstrip())
    return last
