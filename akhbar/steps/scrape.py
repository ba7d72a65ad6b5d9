"""The scrape step: runs a crawl in a process of its own, forwards its log, and seals what it fetched as a batch."""

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
from akhbar.newspapers import newspaper
from akhbar.run import Run
from akhbar.settings import ROOT, check_crawl_settings, spider_environment

logger = logging.getLogger(__name__)

GRACE_PERIOD = 20
"""Seconds that a crawl has to finish its current page and close its files before it is killed."""


class CrawlFailedError(Exception):
    """A crawl did not read everything. What it did read is in the batch."""


class NewspaperRefusedError(CrawlFailedError):
    """The site blocks the crawl: a challenge page, or a very long `Retry-After`. Do not retry soon."""


def scrape(run: Run, database_url: str) -> dict[str, Any]:
    """Reads an edition or the latest stories of a newspaper into the run's batch.

    A second call for the same run resumes the first and fetches only what is missing. The run is recorded in the table
    `runs` before the first request, so that a run that dies is visible.

    Returns the batch's path, the crawl's outcome and its counts. After sealing what was fetched, raises
    `CrawlFailedError` with the crawl's reason, or `NewspaperRefusedError` if the site blocks it. Raises
    `InvalidSettingError` before it starts, and `DatabaseError`.
    """
    newspaper(run.source)
    check_crawl_settings()
    manifest = {
        "source": run.source,
        "mode": run.mode,
        "edition": run.edition.isoformat() if run.edition else None,
        "dag_id": run.dag_id,
        "dag_run_id": run.dag_run_id,
        "started_at": datetime.now(UTC).isoformat(),
    }
    batch = Batch(run.batch)
    _record(run, manifest, database_url)
    arguments = {"edition": run.edition.isoformat()} if run.edition else {"mode": "latest"}
    ended = crawl(batch, manifest, arguments, database_url, recheck=run.recheck)
    _record(run, ended, database_url)
    result = {"batch": str(run.batch), "outcome": ended["outcome"], **ended["counts"]}
    if ended["outcome"] != "complete":
        failure = NewspaperRefusedError if ended["outcome"] == "refused" else CrawlFailedError
        stored = ended["counts"].get("scraped", 0)
        raise failure(f"{ended['reason']}; kept {stored} stories; run the task again to fetch the rest")
    return result


def _record(run: Run, manifest: dict[str, Any], database_url: str) -> None:
    with transaction(database_url, "the database refused, nothing was fetched") as cursor:
        runs.record(cursor, run.batch, manifest)


def crawl(
    batch: Batch, manifest: dict[str, Any], arguments: dict[str, str], database_url: str | None, *, recheck: bool
) -> dict[str, Any]:
    """Runs a crawl in a process of its own and seals its batch. Returns the manifest, which says how it ended.

    Without a database, every story counts as new.
    """
    folder = batch.open()
    order = {"folder": str(folder), "manifest": manifest, "arguments": arguments, "recheck": recheck}
    order["log_level"] = logger.getEffectiveLevel()  # a crawl does not write lines that are not logged
    with _process(order, database_url) as process:
        last = _forward_log(process.stdout or ())
        status = process.wait()
    if not (folder / "manifest.json").exists():
        reason = f"the crawl's process died with status {status}: {last}"
        died = {"finished_at": datetime.now(UTC).isoformat(), "outcome": "failed", "reason": reason, "counts": {}}
        write_manifest(folder, {**manifest, **died, "stats": {}})
    batch.seal()
    return batch.manifest()


@contextmanager
def _process(order: dict[str, Any], database_url: str | None) -> Iterator[subprocess.Popen[str]]:
    """The crawl's process, in a group of its own. An exception in the block, or SIGTERM to this process, ends it."""
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
    """Logs each line of the crawl at its own level. Returns the last one, which may say why the process died."""
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
