"""The scrape step: runs a crawl in a separate process, forwards its log, and seals the fetched pages as a batch."""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from akhbar.archive.batch import Batch, write_manifest
from akhbar.database import runs
from akhbar.database.connection import transaction
from akhbar.database.pause import PAUSED_UNTIL, next_try, pages_pause
from akhbar.newspapers import newspaper
from akhbar.run import Run
from akhbar.settings import ROOT, check_crawl_settings, spider_environment

logger = logging.getLogger(__name__)

NOTHING_FETCHED = "database error, nothing was fetched"

GRACE_PERIOD = 20
"""Seconds that a crawl has to finish its current page and close its files before it is killed."""


class CrawlFailedError(Exception):
    """A crawl did not fetch everything. The batch contains what it did fetch."""


class NewspaperRefusedError(CrawlFailedError):
    """The site blocks the crawl: a challenge page, or a very long `Retry-After`. Do not retry soon."""


def scrape(run: Run, database_url: str) -> dict[str, Any]:
    """Fetches an edition or the latest stories of a newspaper into the run's batch.

    A second call for the same run resumes the first and fetches only what is missing. The run is recorded in the table
    `runs` before the first request, so that a run that dies is visible.

    Returns the batch's path, the crawl's outcome and its counts. If the crawl fails, seals the batch and then raises
    `CrawlFailedError` with the reason, or `NewspaperRefusedError` if the site blocks the crawl. A second call for a
    blocked run requests nothing until the pause of `akhbar.database.pause` is over, unless the run is a recheck. Raises
    `InvalidSettingError` before it starts, and `DatabaseError`.
    """
    paper = newspaper(run.source)
    check_crawl_settings()
    now = datetime.now(UTC)
    manifest = {
        "source": run.source,
        "mode": run.mode,
        "edition": run.edition.isoformat() if run.edition else None,
        "dag_id": run.dag_id,
        "dag_run_id": run.dag_run_id,
        "started_at": now.isoformat(),
    }
    batch = Batch(run.batch)
    with transaction(database_url, NOTHING_FETCHED) as cursor:
        pause = pages_pause(cursor, run.source, now)
        if pause.until and not pause.is_over(now) and runs.is_refused(cursor, run.batch) and not run.recheck:
            # its row must keep the outcome `refused`
            raise NewspaperRefusedError(f"blocked by the site: pages; {next_try(pause.until, paper)}")
        runs.record(cursor, run.batch, manifest)
    arguments = {"edition": run.edition.isoformat()} if run.edition else {"mode": "latest"}
    ended = crawl(batch, manifest, arguments, database_url, recheck=run.recheck)
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

    Without a database, every story counts as new.
    """
    folder = batch.open()
    order = {"folder": str(folder), "manifest": manifest, "arguments": arguments, "recheck": recheck}
    order["log_level"] = logger.getEffectiveLevel()  # a crawl does not write lines that are not logged
    with _process(order, database_url) as process:
        last = _forward_log(process.stdout or ())
        status = process.wait()
    if not (folder / "manifest.json").exists():
        reason = f"the crawl process died with status {status}: {last}"
        died = {"finished_at": datetime.now(UTC).isoformat(), "outcome": "failed", "reason": reason, "counts": {}}
        write_manifest(folder, {**manifest, **died, "stats": {}})
    batch.seal()
    return batch.manifest()


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
