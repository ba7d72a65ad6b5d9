"""Monthly: deletes old page archives if configured, refreshes statistics, and verifies a sample of the archive."""

from datetime import UTC, datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from akhbar.airflow.connections import database_url
from akhbar.airflow.tasks import OWNER

SAMPLE = 1000
"""Archived pages to verify each month."""

DOC = """# Maintenance

Runs at 03:00 UTC on the first day of each month. You can trigger it at any time.

- `prune` deletes page archives older than `AKHBAR_KEEP_PAGES`, for example `400d`. Without the setting, it is skipped.
- `refresh` runs `ANALYZE` on every table and refreshes the materialized views.
- `verify` compares a sample of the archived pages with their digests, and of the stories with their content hashes.

On the command line: `akhbar prune --older-than 400d --dry-run`, `akhbar verify`.
"""


@task(
    owner=OWNER,
    retries=2,
    retry_delay=timedelta(minutes=5),
    execution_timeout=timedelta(hours=6),
    doc_md="""Deletes the page archives of runs that ended longer ago than `AKHBAR_KEEP_PAGES`. Stories are kept.
Skipped if the setting is missing.

**When it fails**, the last line of the log says why.

- **AKHBAR_KEEP_PAGES is not an age**: write it as a number of days, for example `400d`.
- **The database or the object store reports an error**: fix the cause, then clear this task. It resumes where it
  stopped.
""",
)
def prune() -> dict[str, int]:
    from akhbar import settings
    from akhbar.maintenance.prune import prune as step

    older_than = settings.keep_pages()
    if older_than is None:
        raise AirflowSkipException("AKHBAR_KEEP_PAGES is not set: page archives are kept forever")
    try:
        done = list(step(older_than, database_url()))
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
    doc_md="""Runs `ANALYZE` on every table, which keeps query plans good, refreshes the materialized views, and counts
the frequent words of months that changed. The first time, counting takes about two seconds per month of stories; if the
task is killed, the next run continues where it stopped.

**When it fails**, the last line of the log is the error from Postgres.

- **Permission denied**: run `akhbar migrate`, which grants the writer the privilege. Then clear this task.
- **Any other error**: fix the cause, then clear this task.
""",
)
def refresh() -> list[str]:
    from akhbar.maintenance.statistics import refresh as step

    return step(database_url())


@task(
    owner=OWNER,
    retries=0,
    execution_timeout=timedelta(hours=2),
    trigger_rule=TriggerRule.ALL_DONE,
    doc_md="""Compares a sample of archived pages with their digests, and of stored stories with their content hashes.

**When it fails**, each line names a file and the offset of a damaged or missing record, or a story that is not the one
that was loaded.

- Run `akhbar verify` to check all archived pages.
- A story that differs was edited by other means: set its `content_hash` to an empty string, then run `akhbar replay`,
  which reads its page again.
- Restore the damaged files from a backup.
- Check the disk for errors.
""",
)
def verify() -> int:
    from akhbar.maintenance.verify import verify as verify_pages
    from akhbar.maintenance.verify import verify_stories

    pages = list(verify_pages(database_url(), SAMPLE))
    stories = list(verify_stories(database_url()))
    damaged = [page.damage for page in pages if page.damage]
    different = [f"{story.damage} ({story.url})" for story in stories if story.damage]
    if damaged or different:
        counts = f"{len(damaged)} of {len(pages)} pages are damaged, {len(different)} of {len(stories)} stories differ"
        raise AirflowFailException("\n".join([counts, *damaged[:50], *different[:50]]))
    return len(pages)


with DAG(
    dag_id="maintenance",
    dag_display_name="Maintenance: monthly",
    description="Deletes old page archives if configured, refreshes statistics, verifies a sample of pages and stories",
    doc_md=DOC,
    schedule=CronTriggerTimetable("0 3 1 * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["maintenance"],
    default_args={"owner": OWNER},
):
    prune() >> [refresh(), verify()]
