"""The four tasks of a run, the same for every newspaper and schedule: scrape >> clean >> load >> check.

Each task wraps the plain function that does the work. A task finds its run's batch by the run's name; XComs carry paths
and counts only.

A task holds its run's lock while it works on the batch. Airflow alone does not keep a run's tasks apart: when an
operator marks a running task as failed or as success, the next task starts at once, and the process of the marked task
is ended only seconds later.
"""

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from akhbar.airflow import run_notes
from akhbar.airflow.connections import database_url
from akhbar.airflow.links import BatchLink, RowsLink
from akhbar.airflow.notifications import check_and_notify
from akhbar.newspaper import Newspaper
from akhbar.newspapers import newspaper
from akhbar.run import Mode, Run, run_name
from akhbar.settings import MissingSettingError

OWNER = "newsroom"
ARTICLES = Asset("news.articles")
EDITORIALS = Asset("news.editorials")

SCRAPE: dict[str, Any] = {
    "execution_timeout": timedelta(hours=6),
    "retries": 3,
    "retry_delay": timedelta(minutes=5),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(hours=1),
    "max_active_tis_per_dag": 1,  # a backfill ignores max_active_runs and starts ten runs at once
}
CLEAN: dict[str, Any] = {
    "execution_timeout": timedelta(hours=1),
    "retries": 5,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=10),
    "trigger_rule": TriggerRule.ALL_DONE,  # stories fetched by a failed crawl are stored too
}
LOAD: dict[str, Any] = {
    "execution_timeout": timedelta(hours=1),
    "retries": 5,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=10),
    "outlets": [ARTICLES, EDITORIALS],
}
CHECK: dict[str, Any] = {
    "execution_timeout": timedelta(minutes=15),
    "retries": 0,
    "on_success_callback": check_and_notify,  # a problem may have been resolved
}

RECHECK = Param(False, type="boolean", title="Recheck", description="Also fetch stories that are already stored.")
EDITION = Param(
    None,
    type=["null", "string"],
    format="date",
    title="Edition",
    description="Date of the print edition, YYYY-MM-DD. Default: the date of the run.",
)


def add_tasks(source: str, mode: Mode) -> None:
    """Adds the four tasks to the DAG of the current `with` block."""
    scraped: Any = scrape(source, mode)
    cleaned = clean(source, mode)
    loaded: Any = load(source, mode)
    scraped.operator.operator_extra_links = (BatchLink(source),)
    loaded.operator.operator_extra_links = (RowsLink(source),)
    scraped >> cleaned >> loaded >> check(source, mode)


@task(
    owner=OWNER,
    **SCRAPE,
    doc_md="""Fetches the newspaper's pages into a batch, one request at a time, in a separate process.

**When it fails**, the last line of the log says why. The stories fetched before the failure are still stored.

- **Listings could not be read**: clear this task. It fetches only what is missing.
- **Blocked by the site**: wait until the time given in the message. The next scheduled run then retries pages; until
  then, runs of the latest stories store what the feeds contain. This run is not retried automatically. To retry at
  once, trigger a run with `recheck`.
- **No listing contains any stories**: check whether the newspaper was published that day. If it was, the site has
  changed: `akhbar doctor` shows where.
- **The crawl process died**: clear this task. If it happens again, check the worker's memory and disk.
""",
)
def scrape(source: str, mode: Mode) -> dict[str, Any]:
    from akhbar.pipeline import end_killed_runs
    from akhbar.steps.scrape import NewspaperRefusedError
    from akhbar.steps.scrape import scrape as step

    run = current_run(source, mode)
    if run.edition and not newspaper(source).has_come(run.edition, datetime.now(UTC)):
        raise AirflowFailException(f"edition {run.edition} is in the future: choose today's date or an earlier one")
    try:
        with locked(run), stoppable():
            scraped = step(run, database_url())
    except (NewspaperRefusedError, MissingSettingError) as error:
        raise AirflowFailException(str(error)) from error
    finally:
        run_notes.report_crawl(run)
    end_killed_runs(source, database_url())
    return scraped


@task(
    owner=OWNER,
    **CLEAN,
    doc_md="""Cleans the stories in the batch. Each is accepted, or rejected with reasons. Also runs after a failed
crawl.

**When it fails**, the last line of the log says why.

- **A file of the batch does not exist**: the crawl ended before it fetched anything. Clear the scrape task.
- **A file of the batch is damaged**: restore it from a backup, or clear the scrape task to fetch the stories again.
""",
)
def clean(source: str, mode: Mode) -> dict[str, Any]:
    from akhbar.archive.batch import BatchMissingError
    from akhbar.steps.clean import clean_batch
    from akhbar.steps.scrape import seal_stopped_crawl

    run = current_run(source, mode)
    try:
        with locked(run):
            seal_stopped_crawl(run, database_url())
            return clean_batch(run.batch)
    except BatchMissingError as error:
        raise AirflowFailException(str(error)) from error


@task(
    owner=OWNER,
    **LOAD,
    doc_md="""Loads the batch in one transaction. Loading it again changes nothing.

**When it fails**, nothing from the batch is stored.

- **Postgres reports an error**: fix the cause, then clear this task.
- **The database has no such table**: run `akhbar migrate`, then clear this task.
""",
)
def load(source: str, mode: Mode, *, outlet_events: Any = None) -> dict[str, Any]:
    from akhbar.steps.load import load_batch

    run = current_run(source, mode)
    with locked(run):
        counts = load_batch(run.batch, database_url())
    for asset, table in ((ARTICLES, "articles"), (EDITORIALS, "editorials")):
        outlet_events[asset].extra = {"source": source, "run_id": counts["run_id"], **counts[table]}
    run_notes.report_load(run, counts)
    return counts


@task(
    owner=OWNER,
    **CHECK,
    doc_md="""Checks the loaded data with the queries in `sql/checks`.

**When it fails**, the stories are already stored.

- Each line of the message gives a check, the value it found, the value it expected, and what to do.
- After you have fixed the cause, clear the whole run, starting with its scrape task.
""",
)
def check(source: str, mode: Mode) -> dict[str, Any]:
    from akhbar.steps.check import ChecksFailedError, check_run

    run = current_run(source, mode)
    try:
        with locked(run):
            results = check_run(run.batch, database_url())["checks"]
    except ChecksFailedError as error:
        run_notes.report_failed_checks(str(error))
        raise AirflowFailException(str(error)) from error
    return {result["name"]: result["message"] for result in results}


class TaskStoppedError(Exception):
    """Airflow has ended the task: an operator marked it, cleared it or deleted its run, or its worker shuts down."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Raises `TaskStoppedError` in the block when Airflow ends the task, five seconds before it kills the process.

    Airflow 3.3 sends SIGTERM, which its own handler ignores in tasks that are functions.
    """

    def stop(*_: object) -> None:
        raise TaskStoppedError("Airflow has ended this task: what was fetched is kept; clear the task to continue")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def locked(run: Run) -> AbstractContextManager[None]:
    """Holds the run's lock for the duration of a block. Waits while another task of the run holds it."""
    from akhbar.pipeline import run_lock

    return run_lock(f"{run.source}/{run.name}", database_url())


def current_run(source: str, mode: Mode) -> Run:
    """The pipeline run that the current DAG run executes."""
    context = get_current_context()
    dag_run, params = context["dag_run"], context["params"]
    edition = None
    if mode == "edition":
        edition = edition_date(params, dag_run.logical_date or dag_run.run_after, newspaper(source))
    return Run(
        source=source,
        mode=mode,
        edition=edition,
        name=run_name(mode, edition, dag_run.run_id),
        dag_id=dag_run.dag_id,
        dag_run_id=dag_run.run_id,
        recheck=bool(params.get("recheck")),
    )


def edition_date(params: Any, run_at: datetime, paper: Newspaper) -> date:
    """The parameter `edition`, or the date of the run in the newspaper's time zone."""
    if params.get("edition"):
        return date.fromisoformat(params["edition"])
    return run_at.astimezone(paper.zone).date()
