"""Through the day: the latest stories of each newspaper, as its feeds, its sitemap and its front pages name them."""

from datetime import datetime

from airflow.sdk import DAG, CronTriggerTimetable

from akhbar.airflow.notifications import look
from akhbar.airflow.tasks import OWNER, RECHECK, add_tasks
from akhbar.newspapers import declared

DOC = """# {publisher}, the latest stories

Reads the sitemap, the feeds and the latest news at `{latest_schedule}` {timezone}, one run at a time, no catching up.
Stories that are stored already are not fetched again, unless a listing shows that they changed or they are due to be
looked at again: 1 hour, 6 hours, 1, 3 and 7 days after publication. A change becomes a revision.

A run that is red has stored what it could; the next one tries the rest.

{doc}
"""

for paper in declared():
    with DAG(
        dag_id=f"{paper.name}_latest",
        dag_display_name=f"{paper.publisher}: the latest",
        description=f"The latest stories of {paper.publisher}, into news.articles and news.editorials",
        doc_md=DOC.format(**vars(paper)),
        schedule=CronTriggerTimetable(paper.latest_schedule, timezone=paper.timezone),
        start_date=datetime(2010, 1, 1, tzinfo=paper.zone),
        catchup=False,
        max_active_runs=1,
        params={"recheck": RECHECK},
        tags=["newspaper", paper.name, "latest"],
        default_args={"owner": OWNER, "on_failure_callback": look},
    ) as dag:
        add_tasks(paper.name, "latest")
    globals()[dag.dag_id] = dag
