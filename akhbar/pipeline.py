"""Runs the four steps in sequence, without Airflow."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from akhbar.database import runs
from akhbar.database.connection import NOTHING_STORED, connected
from akhbar.database.locks import lock, locked, try_lock
from akhbar.run import Run
from akhbar.steps.check import ChecksFailedError, check_run
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import CrawlFailedError, scrape

logger = logging.getLogger(__name__)


@contextmanager
def resume_or_start(run: Run, database_url: str) -> Iterator[Run]:
    """The newest unfinished run of the same kind to resume, or `run`. Holds its lock for the duration of the block.

    A run is unfinished if its stories were never stored and no other process holds its lock. It is resumed once; if its
    stories still cannot be stored, it is set aside, so that it never blocks later runs. In Airflow, task retries do
    the same. Raises `DatabaseError`.
    """
    with connected(database_url, NOTHING_STORED) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            unfinished = [] if run.recheck else runs.unfinished(cursor, run)
            for name, was_resumed in unfinished:
                batch = f"{run.source}/{name}"
                if not try_lock(cursor, "run", batch):
                    continue
                if was_resumed:
                    logger.warning("set %s aside: it could not be stored, even after it was resumed once", name)
                    runs.set_aside(cursor, batch)
                    continue
                logger.info("resuming %s, which an earlier run left unfinished", name)
                runs.mark_resumed(cursor, batch)
                yield replace(run, name=name)
                return
            lock(cursor, "run", f"{run.source}/{run.name}")
            yield run


def run_lock(batch: str, database_url: str) -> AbstractContextManager[None]:
    """Holds the lock of a run while a step works on its batch. Waits while another process works on it.

    So no two steps of a run work at the same time, and `akhbar run` does not treat the run as unfinished.

    `batch` is the newspaper's folder and the batch's folder, `dawn/edition-…`. Raises `DatabaseError`.
    """
    return locked(database_url, "run", batch)


def end_killed_runs(source: str, database_url: str) -> None:
    """Records as failed the runs of a newspaper that are marked as running although no process works on them.

    Their processes were killed. A run that is resumed later is marked as running again. Raises `DatabaseError`.
    """
    with connected(database_url, NOTHING_STORED) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for batch in runs.running(cursor, source):
                if try_lock(cursor, "run", batch):
                    runs.end_killed(cursor, batch)
                    logger.warning("run %s was killed: its DAG run can be cleared to continue it", batch)


def run_all(run: Run, database_url: str) -> dict[str, Any]:
    """Scrapes, cleans, loads and checks one run.

    If the crawl fails, the stories that it did fetch are stored before the error is raised. Returns the result of the
    load step. Raises `CrawlFailedError` or `ChecksFailedError`.
    """
    failed: CrawlFailedError | None = None
    try:
        scrape(run, database_url)
    except CrawlFailedError as error:
        failed = error
    cleaned = clean_batch(run.batch)
    logger.info("cleaned: %d stories, %d rejected %s", cleaned["accepted"], cleaned["rejected"], cleaned["reasons"])
    loaded = load_batch(run.batch, database_url)
    logger.info("loaded: articles %s, editorials %s", loaded["articles"], loaded["editorials"])
    try:
        results = check_run(run.batch, database_url)["checks"]
    except ChecksFailedError:
        if failed:
            raise failed from None
        raise
    for result in results:
        logger.log(logging.INFO if result["passed"] else logging.WARNING, "%s: %s", result["name"], result["message"])
    if failed:
        raise failed
    return loaded
