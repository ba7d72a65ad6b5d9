"""Once a month: old page archives go if so configured, statistics are refreshed, part of the archive is verified."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from akhbar.airflow.connections import database_url
from akhbar.airflow.tasks import OWNER

SAMPLE = 1000
"""Archived pages that are verified each month."""

DOC = """# Maintenance

At 03:00 UTC on the first of a month: `prune` removes the page archives that are older than `AKHBAR_KEEP_PAGES` (`400d`,
for example; it is skipped where that is not set), `refresh` has Postgres look at its tables, and `verify` reads a
sample of the archived pages and compares them with their digests. May be triggered at any time.

The same by hand: `akhbar prune --older-than 400d --dry-run`, `akhbar verify`.
"""


@task(
    owner=OWNER,
    retries=2,
    retry_delay=timedelta(minutes=5),
    execution_timeout=timedelta(hours=6),
    doc_md="""Removes the page archives of runs that ended longer ago than `AKHBAR_KEEP_PAGES`; stories stay. Skipped
where that is not set.

**When it fails**, its last line says why: a setting that is no age, the database, or the object store. Mend it and
clear this task: it goes on where it was.""",
)
def prune() -> dict[str, int]:
    from akhbar import settings
    from akhbar.maintenance.prune import prune as remove

    older_than = settings.keep_pages()
    if older_than is None:
        raise AirflowSkipException("AKHBAR_KEEP_PAGES is not set: page archives are kept for ever")
    try:
        done = list(remove(older_than, database_url()))
    except ValueError as error:
        raise AirflowFailException(f"AKHBAR_KEEP_PAGES: {error}") from error
    removed = [run.bytes for run in done if run.bytes is not None]
    return {"batches": len(removed), "bytes": sum(removed), "not_in_the_archive": len(done) - len(removed)}


@task(
    owner=OWNER,
    retries=2,
    retry_delay=timedelta(minutes=5),
    execution_timeout=timedelta(hours=1),
    trigger_rule=TriggerRule.ALL_DONE,
    doc_md="""Has Postgres analyze every table, so that it plans queries well, and refreshes materialised views.

**When it fails**, the message is the database's own. Permission denied: run `akhbar migrate`, which gives the writer
the right. Then clear this task.""",
)
def refresh() -> list[str]:
    from akhbar.maintenance.statistics import refresh as step

    return step(database_url())


@task(
    owner=OWNER,
    retries=0,
    execution_timeout=timedelta(hours=2),
    trigger_rule=TriggerRule.ALL_DONE,
    doc_md="""Reads a sample of archived pages at their places and compares them with their digests.

**When it fails**, each line names a file and an offset whose record is damaged or gone. `akhbar verify` reads all of
them. Restore the file from a copy, and look at the disk. The stories are not touched by it.""",
)
def verify() -> int:
    from akhbar.maintenance.verify import verify as read

    pages = list(read(database_url(), SAMPLE))
    damaged = [page.damage for page in pages if page.damage]
    if damaged:
        raise AirflowFailException("\n".join([f"{len(damaged)} of {len(pages)} pages are damaged", *damaged[:50]]))
    return len(pages)


with DAG(
    dag_id="maintenance",
    dag_display_name="Maintenance",
    description="Removes old page archives if configured, refreshes statistics, verifies a sample of the archive",
    doc_md=DOC,
    schedule=CronTriggerTimetable("0 3 1 * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["maintenance"],
    default_args={"owner": OWNER},
):
    prune() >> [refresh(), verify()]
