"""Every half hour, whatever else runs: is something wrong that no run has noticed, since none ran?

Airflow's own deadlines belong to runs. This DAG sees what has no run: newspapers whose DAGs are paused or broken, and
all that was missed while the scheduler itself was away.
"""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, Variable, task

from akhbar.airflow.connections import database_url
from akhbar.airflow.notifications import deliver
from akhbar.airflow.run_notes import of_freshness
from akhbar.airflow.tasks import OWNER

AWAY = "akhbar_database_is_away"
"""An Airflow variable: what the keeper was told, as long as the database cannot be asked to remember it."""

with DAG(
    dag_id="watch",
    dag_display_name="Watch: is everything fresh?",
    description="Tells the keeper what is wrong, by the connections that AKHBAR_NOTIFY names",
    doc_md="""# Watch

Looks every half hour whether an edition is missing, the latest stories are stale, a check failed or a newspaper
refuses us, and tells the keeper, once when it begins and once when it is over. Runs of the newspapers do the same when
they end; this one is for what has no run. The table `alerts` holds what was told.
""",
    schedule=CronTriggerTimetable("*/30 * * * *", timezone="UTC"),
    is_paused_upon_creation=False,
    catchup=False,
    max_active_runs=1,
    tags=["watch"],
    default_args={"owner": OWNER},
) as dag:

    @task(
        owner=OWNER,
        retries=1,
        retry_delay=timedelta(minutes=1),
        execution_timeout=timedelta(minutes=10),
        doc_md="""Looks at the database and tells of what began and of what is over.

**When it fails**, the database of the news cannot be asked; the keeper was told so. Mend it: the next run looks again.
A message that could not be delivered is no failure: it stands in this task's log, and the next run tries it again.""",
    )
    def look() -> None:
        import psycopg2

        from akhbar.maintenance.alerts import tell

        away = Variable.get(AWAY, default=None)
        try:
            tell(database_url(), deliver)
        except psycopg2.Error as error:
            message = f"The database of the news cannot be asked, so nothing is stored: {str(error).strip()}"
            if away is None and deliver(message):
                Variable.set(AWAY, message)
            raise
        if away and deliver(f"Over: {away}"):
            Variable.delete(AWAY)
        of_freshness(database_url())

    look()
