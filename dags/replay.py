"""Manual: parses archived pages again with the current code, after a parser was fixed or the tables were lost."""

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from akhbar.airflow.connections import database_url
from akhbar.airflow.tasks import ARTICLES, EDITORIALS, OWNER
from akhbar.newspapers import declared
from akhbar.settings import DEFAULT_NEWSPAPER

NEWSPAPERS = [paper.name for paper in declared()]
DEFAULT = DEFAULT_NEWSPAPER if DEFAULT_NEWSPAPER in NEWSPAPERS else NEWSPAPERS[0]

DOC = """# Replay

Runs archived pages through the current spider, clean and load steps, without using the network. Trigger it and choose
what to replay in the form:

- all archived pages of a newspaper,
- the pages of a range of days,
- or the pages of a single run.

Stories that differ from the stored version become revisions with the reason `reparse`. An older page never replaces
newer text.

Replay uses all cores of its worker, which needs access to the archive. On the command line: `akhbar replay`.
"""


def day(title: str, description: str) -> Param:
    return Param(None, type=["null", "string"], format="date", title=title, description=description)


@task(
    owner=OWNER,
    retries=2,
    retry_delay=timedelta(minutes=1),
    execution_timeout=timedelta(hours=24),
    outlets=[ARTICLES, EDITORIALS],
    doc_md="""Parses batches again and loads each in one transaction.

**When it fails**, the last line of the log says why.

- **Records could not be read**: the archive is damaged in the files and at the offsets listed. Everything else is
  stored. Restore the batch from a backup, then replay that run.
- **Another replay is running**: wait until it ends.
- **Postgres reports an error, or a worker died**: clear this task. It resumes where it stopped.
""",
)
def replay() -> dict[str, Any]:
    import logging

    from akhbar.archive.batch import BatchMissingError
    from akhbar.replay.replay import ReplayError, Selection
    from akhbar.replay.replay import replay as step

    params = get_current_context()["params"]
    first, last = (date.fromisoformat(params[name]) if params[name] else None for name in ("from", "to"))
    selection = Selection(params["newspaper"], first, last, params["run"] or None)
    log = logging.getLogger("akhbar.replay")

    def progress(done: int, total: int, pages: int) -> None:
        if done % max(1, total // 20) == 0:
            log.info("%d of %d batches, %d pages", done, total, pages)

    try:
        result = step(selection, database_url(), progress=progress)
    except (BatchMissingError, ReplayError) as error:
        raise AirflowFailException(str(error)) from error
    for line in result.lines():
        log.info(line)
    return {"run_id": result.run_id, "batches": result.batches, **result.totals}


with DAG(
    dag_id="replay",
    dag_display_name="Replay: manual",
    description="Parses archived pages again with the current code",
    doc_md=DOC,
    schedule=None,
    start_date=datetime(2010, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={
        "newspaper": Param(DEFAULT, type="string", enum=NEWSPAPERS, title="Newspaper"),
        "from": day("From", "First day, YYYY-MM-DD. Empty: from the beginning."),
        "to": day("To", "Last day, YYYY-MM-DD. Empty: to the end."),
        "run": Param(
            None,
            type=["null", "string"],
            pattern=r"^(?:[a-z0-9_-]{1,50}/)?(?!\.)[A-Za-z0-9._-]{1,200}$(?!\n)",  # checked by Python and by browsers
            title="Run",
            description="A single run: its ID in the table runs, or its batch's name. Empty: all runs on these days.",
        ),
    },
    tags=["newspaper", "replay"],
    default_args={"owner": OWNER},
):
    replay()
