"""Daily: the print edition of each newspaper."""

from datetime import datetime

from airflow.sdk import DAG, CronTriggerTimetable
from airflow.sdk.definitions.callback import SyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from akhbar.airflow.display_names import display_name
from akhbar.airflow.notifications import check_and_notify
from akhbar.airflow.tasks import EDITION, OWNER, RECHECK, add_tasks
from akhbar.newspapers import active

DOC = """# {publisher}: edition

Crawls the edition of the run's date and stores its stories: the print edition, or, for a newspaper without one, what
was published on that day.

- **Schedule**: `{schedule}`, time zone {timezone}.
- **Deadline**: the edition must be stored by {due}; otherwise the operator gets an alert.
- **Another edition**: trigger the DAG and enter its date.
- **A range of past dates**: `airflow backfill create --dag-id {name}_edition --from-date … --to-date …` crawls each
  day once. A `--to-date` without a time means midnight and excludes that day's run, so give the next day.

## When a run is red

The stories fetched before the failure are still stored. To see what to do, click the name of the failed task in the
grid, then the book icon on its page.

## About the site

{about}
"""

for paper in active():
    if not paper.has_editions:
        continue
    schedule = paper.schedules["edition"]
    with DAG(
        dag_id=f"{paper.name}_edition",
        dag_display_name=display_name(paper.publisher, "edition", schedule, paper.timezone),
        description=f"The day's edition of {paper.publisher}, stored in news.articles and news.editorials",
        doc_md=DOC.format(**vars(paper) | {"schedule": schedule, "due": paper.due}),
        schedule=CronTriggerTimetable(schedule, timezone=paper.timezone),
        start_date=datetime(2010, 1, 1, tzinfo=paper.zone),
        deadline=DeadlineAlert(
            name=f"stored by {paper.due}",
            reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
            interval=paper.edition_due_after,
            callback=SyncCallback(check_and_notify),
        ),
        catchup=False,
        max_active_runs=1,
        params={"edition": EDITION, "recheck": RECHECK},
        tags=["newspaper", paper.name, "edition"],
        default_args={"owner": OWNER, "on_failure_callback": check_and_notify},
    ) as dag:
        add_tasks(paper.name, "edition")
    globals()[dag.dag_id] = dag
