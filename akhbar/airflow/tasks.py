"""The four tasks of a run, the same for every newspaper and every schedule: scrape >> clean >> load >> check.

Each is a few lines around the plain function that does the work. Batches are handed on by reference: every task finds
its run's batch by the run's name, and XCom carries paths and counts only.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import Asset, Param, TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from akhbar.airflow import run_notes as reports
from akhbar.airflow.connections import database_url
from akhbar.airflow.notifications import look
from akhbar.newspapers import Newspaper, newspaper
from akhbar.run import Mode, Run, run_name
from akhbar.settings import MissingSettingError

ARTICLES = Asset("news.articles")
EDITORIALS = Asset("news.editorials")
OWNER = "newsroom"

RECHECK = Param(False, type="boolean", title="Recheck", description="Fetch stories again that are known already.")
EDITION = Param(
    None,
    type=["null", "string"],
    format="date",
    title="Edition",
    description="The print edition to read, YYYY-MM-DD; empty: that of the run's own date.",
)


def add_tasks(source: str, mode: Mode) -> None:
    """Adds the four tasks to the DAG whose block this is called in."""
    scraped: Any = scrape(source, mode)
    cleaned = clean(source, mode)
    loaded: Any = load(source, mode)
    scraped.operator.operator_extra_links = (reports.BatchLink(source),)
    loaded.operator.operator_extra_links = (reports.RowsLink(source),)
    scraped >> cleaned >> loaded >> check(source, mode)


def run_of(source: str, mode: Mode) -> Run:
    """The run that the current DAG run stands for. Its edition is the one asked for, or else the run's own date."""
    context = get_current_context()
    dag_run = context["dag_run"]
    params = context["params"]
    edition = edition_of(params, dag_run.logical_date or dag_run.run_after, newspaper(source))
    return Run(
        source=source,
        mode=mode,
        edition=edition if mode == "edition" else None,
        name=run_name(mode, edition if mode == "edition" else None, dag_run.run_id),
        dag_id=dag_run.dag_id,
        dag_run_id=dag_run.run_id,
        recheck=bool(params.get("recheck")),
    )


def edition_of(params: Any, run_at: datetime, paper: Newspaper) -> date:
    """The edition of a run: its parameter, else the date in the newspaper's own zone at which the run is due."""
    if params.get("edition"):
        return date.fromisoformat(params["edition"])
    return run_at.astimezone(paper.zone).date()


@task(
    owner=OWNER,
    retries=3,
    retry_delay=timedelta(minutes=5),
    retry_exponential_backoff=2,
    max_retry_delay=timedelta(hours=1),
    max_active_tis_per_dag=1,  # max_active_runs does not bind a backfill, which starts ten runs at once
    execution_timeout=timedelta(hours=6),
    doc_md="""Reads the newspaper's site into a batch, in a process of its own, one request at a time.

**When it fails**, its last line says why. *Listings could not be read*: clear this task; it fetches only what is
missing. *The newspaper refused*: do nothing for some hours, then trigger the run again; it is not retried by itself.
*No listing names a single story*: was there a paper that day? If so the site has changed: `akhbar doctor` tells where.
What was fetched is stored in any case.""",
)
def scrape(source: str, mode: Mode) -> dict[str, Any]:
    from akhbar.steps.scrape import NewspaperRefusedError
    from akhbar.steps.scrape import scrape as step

    run = run_of(source, mode)
    if run.edition and not newspaper(source).has_come(run.edition, datetime.now(UTC)):
        raise AirflowFailException(f"the edition of {run.edition} is in the future: trigger one that has come")
    try:
        return step(run, database_url())
    except (NewspaperRefusedError, MissingSettingError) as error:
        raise AirflowFailException(str(error)) from error
    finally:
        reports.of_crawl(run)


@task(
    owner=OWNER,
    retries=2,
    retry_delay=timedelta(seconds=30),
    execution_timeout=timedelta(hours=1),
    trigger_rule=TriggerRule.ALL_DONE,
    doc_md="""Cleans the batch's stories; each is accepted, or rejected with reasons. Runs after a failed crawl too, so
that what was fetched is not lost.

**When it fails**, the batch is missing: the crawl died before it fetched anything. Clear the scrape task.""",
)
def clean(source: str, mode: Mode) -> dict[str, Any]:
    from akhbar.archive.batch import BatchMissingError
    from akhbar.steps.clean import clean_batch

    try:
        return clean_batch(run_of(source, mode).batch)
    except BatchMissingError as error:
        raise AirflowFailException(str(error)) from error


@task(
    owner=OWNER,
    retries=5,
    retry_delay=timedelta(seconds=30),
    retry_exponential_backoff=2,
    max_retry_delay=timedelta(minutes=10),
    execution_timeout=timedelta(hours=1),
    outlets=[ARTICLES, EDITORIALS],
    doc_md="""Loads the batch in one transaction. Loading twice changes nothing.

**When it fails**, nothing was stored, and the message is the database's own. Mend the database and clear this task.""",
)
def load(source: str, mode: Mode, *, outlet_events: Any = None) -> dict[str, Any]:
    from akhbar.steps.load import load_batch

    run = run_of(source, mode)
    counts = load_batch(run.batch, database_url())
    for asset, table in ((ARTICLES, "articles"), (EDITORIALS, "editorials")):
        outlet_events[asset].extra = {"source": source, "run_id": counts["run_id"], **counts[table]}
    reports.of_load(run, counts)
    return counts


@task(
    owner=OWNER,
    retries=0,
    execution_timeout=timedelta(minutes=15),
    on_success_callback=look,  # what was wrong may be over
    doc_md="""Looks at what was loaded as a person would the next morning; `sql/checks` holds every question.

**When it fails**, each line of the message names a check, what it saw, what it wanted and what to do. The stories are
stored all the same. Once the cause is mended, clear the run from its first task.""",
)
def check(source: str, mode: Mode) -> dict[str, Any]:
    from akhbar.steps.check import ChecksFailedError, check_run

    try:
        results = check_run(run_of(source, mode).batch, database_url())["checks"]
    except ChecksFailedError as error:
        reports.of_checks(str(error))
        raise AirflowFailException(str(error)) from error
    return {result["name"]: result["message"] for result in results}
