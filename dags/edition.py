"""Every morning: the day's print edition of each newspaper."""

from datetime import datetime

from airflow.sdk import DAG, CronTriggerTimetable
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from akhbar.airflow.notifications import look
from akhbar.airflow.tasks import EDITION, OWNER, RECHECK, add_tasks
from akhbar.newspapers import declared

DOC = """# {publisher}, the print edition

Reads the edition of the run's own date at `{edition_schedule}` {timezone}; it must be stored by {edition_due}. Another
one: trigger the DAG with a date.
A past range, each day once: `airflow backfill create --dag-id {name}_edition --from-date … --to-date …`
(a `--to-date` of midnight misses that day's run: name the next day).

A run that is red has stored what it could. Open the task that failed: its documentation tells what to do.

{doc}
"""

for paper in declared():
    with DAG(
        dag_id=f"{paper.name}_edition",
        dag_display_name=f"{paper.publisher}: the edition",
        description=f"The day's print edition of {paper.publisher}, into news.articles and news.editorials",
        doc_md=DOC.format(**vars(paper)),
        schedule=CronTriggerTimetable(paper.edition_schedule, timezone=paper.timezone),
        start_date=datetime(2010, 1, 1, tzinfo=paper.zone),
        deadline=DeadlineAlert(
            name=f"stored by {paper.edition_due}",
            reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
            interval=paper.edition_due_after,
            callback=SyncCallback(look),
        ),
        catchup=False,
        max_active_runs=1,
        params={"edition": EDITION, "recheck": RECHECK},
        tags=["newspaper", paper.name, "edition"],
        default_args={"owner": OWNER, "on_failure_callback": look},
    ) as dag:
        add_tasks(paper.name, "edition")
    globals()[dag.dag_id] = dag
