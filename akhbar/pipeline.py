"""The four steps in a row, without Airflow."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from akhbar.database.connection import connected
from akhbar.run import Run
from akhbar.steps.check import ChecksFailedError, check_run
from akhbar.steps.clean import clean_batch
from akhbar.steps.load import STATEMENTS, load_batch
from akhbar.steps.scrape import CrawlFailedError, scrape

logger = logging.getLogger(__name__)


@contextmanager
def unfinished_or(run: Run, database_url: str) -> Iterator[Run]:
    """An earlier run of the same kind that died before its stories were stored, to be gone on with, else `run` itself.

    What Airflow does by trying a task again. A lock in the database tells a run that died from one under way: it is
    held for the length of the block, and free again as soon as its holder dies. Raises `LoadError` where the database
    cannot be asked.
    """
    wanted = {"source": run.source, "mode": run.mode, "edition": run.edition}
    with _cursor(database_url) as cursor:
        cursor.execute((STATEMENTS / "unfinished_runs.sql").read_text(), wanted)
        earlier = [replace(run, name=batch.split("/", 1)[1]) for (batch,) in cursor]
        for found in earlier if not run.recheck else []:
            if _lock(cursor, f"{found.source}/{found.name}"):
                logger.info("going on with %s, which an earlier run left unfinished", found.name)
                break
        else:
            found = run
            _lock(cursor, f"{run.source}/{run.name}")
        yield found


@contextmanager
def held(batch: str, database_url: str) -> Iterator[None]:
    """Holds that lock while a step works at a batch, `dawn/edition-…`, lest `akhbar run` takes its run for dead.

    Waits while another has it. Raises `LoadError` where the database cannot be asked.
    """
    with _cursor(database_url) as cursor:
        if not _lock(cursor, batch):
            logger.warning("another run of %s is under way: waiting for it to end", batch)
            cursor.execute("SELECT pg_advisory_lock(hashtext('akhbar.run'), hashtext(%s))", [batch])
        yield


@contextmanager
def _cursor(database_url: str) -> Iterator[Any]:
    failed, advice = "the database refused, nothing was stored", "mend it and run this again"
    with connected(database_url, failed, advice) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def _lock(cursor: Any, batch: str) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(hashtext('akhbar.run'), hashtext(%s))", [batch])
    return bool(cursor.fetchone() == (True,))


def run_all(run: Run, database_url: str) -> dict[str, Any]:
    """Scrapes, cleans, loads and checks one run.

    What a crawl that failed did fetch is stored all the same; then its failure is raised. Returns what load returned.
    Raises `CrawlFailedError` or `ChecksFailedError`.
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
