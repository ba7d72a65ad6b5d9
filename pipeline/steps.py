"""The four steps in a row, without Airflow."""

import logging
from typing import Any

from pipeline.check import ChecksFailedError, check_run
from pipeline.clean import clean_batch
from pipeline.load import load_batch
from pipeline.run import Run
from pipeline.scrape import CrawlFailedError, scrape

logger = logging.getLogger(__name__)


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
