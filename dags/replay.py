"""By hand: archived pages read again with today's code, after a parser was mended or the tables were lost."""

from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from akhbar.airflow.connections import database_url
from akhbar.airflow.tasks import ARTICLES, EDITORIALS, OWNER
from akhbar.newspapers import declared

DOC = """# Replay

Puts archived pages through today's spider, cleaning and loading, with no network: all of a newspaper's, those of some
days, or those of one run. Trigger it with the form. What comes out otherwise becomes a revision with the reason
`reparse`; an older page never takes the place of a newer text. It uses all cores of the worker that it runs on, which
must reach the archive. The same on the command line: `akhbar replay`.
"""


def day(title: str, description: str) -> Param:
    return Param(None, type=["null", "string"], format="date", title=title, description=description)


@task(
    owner=OWNER,
    retries=2,
    retry_delay=timedelta(minutes=1),
    execution_timeout=timedelta(hours=24),
    outlets=[ARTICLES, EDITORIALS],
    doc_md="""Reads batches again and loads each in one transaction.

**When it fails**, its last line says why. *Records could not be read*: the archive is damaged at the files and offsets
that it names; everything else was stored. Put the batch back from a back-up, and trigger this for that run. *Another
replay is under way*: wait for it. *The database refused* or a worker that died: clear this task; it goes on where it
was.""",
)
def replay() -> dict[str, Any]:
    import logging

    from akhbar.archive.batch import BatchMissingError
    from akhbar.replay.replay import ReplayError, Wanted
    from akhbar.replay.replay import replay as read_again

    params = get_current_context()["params"]
    first, last = (date.fromisoformat(params[name]) if params[name] else None for name in ("from", "to"))
    wanted = Wanted(params["newspaper"], first, last, params["run"] or None)
    log = logging.getLogger("akhbar.replay")

    def progress(done: int, of: int, pages: int) -> None:
        if done % max(1, of // 20) == 0:
            log.info("%d of %d batches, %d pages", done, of, pages)

    try:
        result = read_again(wanted, database_url(), progress=progress)
    except (BatchMissingError, ReplayError) as error:
        raise AirflowFailException(str(error)) from error
    for line in result.lines():
        log.info(line)
    return {"run_id": result.run_id, "batches": result.batches, **result.totals}


with DAG(
    dag_id="replay",
    dag_display_name="Replay",
    description="Archived pages, read again with today's code",
    doc_md=DOC,
    schedule=None,
    start_date=datetime(2010, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={
        "newspaper": Param(
            declared()[0].name, type="string", enum=[paper.name for paper in declared()], title="Newspaper"
        ),
        "from": day("From", "The first day, YYYY-MM-DD; empty: from the beginning."),
        "to": day("To", "The last day, YYYY-MM-DD; empty: to the end."),
        "run": Param(
            None,
            type=["null", "string"],
            pattern=r"^(?:[a-z0-9_-]{1,50}/)?(?!\.)[A-Za-z0-9._-]{1,200}$(?!\n)",  # read by Python and by browsers
            title="Run",
            description="One run: its number in the table runs, or its batch's name; empty: all of these days.",
        ),
    },
    tags=["newspaper", "replay"],
    default_args={"owner": OWNER},
):
    replay()
