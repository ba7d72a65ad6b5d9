"""Throughout the day: the latest stories of each newspaper, from its feeds, sitemap and front pages."""

from datetime import datetime

from airflow.sdk import DAG, CronTriggerTimetable

from akhbar.airflow.display_names import display_name
from akhbar.airflow.notifications import check_and_notify
from akhbar.airflow.tasks import OWNER, RECHECK, add_tasks
from akhbar.newspapers import active

DOC = """# {publisher}: latest stories

Crawls the newspaper's sitemap, feeds and front pages, and stores new stories.

- **Schedule**: `{schedule}`, time zone {timezone}. One run at a time; missed runs are not caught up.
- **Stored stories** are fetched again only if a listing shows a change, or when a recheck is due: 1 hour, 6 hours,
  1 day, 3 days and 7 days after publication. Each change becomes a revision.

## When a run is red

The stories fetched before the failure are still stored, and the next run fetches the rest. To see what to do, click
the name of the failed task in the grid, then the book icon on its page.

## About the site

{about}
"""

for paper in active():
    schedule = paper.schedules["latest"]
    with DAG(
        dag_id=f"{paper.name}_latest",
        dag_display_name=display_name(paper.publisher, "latest", schedule, paper.timezone),
        description=f"The latest stories of {paper.publisher}, stored in news.articles and news.editorials",
        doc_md=DOC.format(**vars(paper) | {"schedule": schedule}),
        schedule=CronTriggerTimetable(schedule, timezone=paper.timezone),
        start_date=datetime(2010, 1, 1, tzinfo=paper.zone),
        catchup=False,
        max_active_runs=1,
        params={"recheck": RECHECK},
        tags=["newspaper", paper.name, "latest"],
        default_args={"owner": OWNER, "on_failure_callback": check_and_notify},
    ) as dag:
        add_tasks(paper.name, "latest")
    globals()[dag.dag_id] = dag
