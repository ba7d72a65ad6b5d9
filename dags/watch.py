"""Every half hour: finds problems that no run can report, because there was no run.

Airflow's own deadlines belong to runs. This DAG notices newspapers whose DAGs are paused or broken, and runs that were
missed while the scheduler was down.
"""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, Variable, task

from akhbar.airflow.connections import database_url
from akhbar.airflow.notifications import deliver
from akhbar.airflow.run_notes import report_freshness
from akhbar.airflow.tasks import OWNER

DATABASE_ALERT = "akhbar_database_is_away"
"""Airflow variable that holds the alert sent about an unavailable database, which cannot record it itself."""

DOC = """# Watch

Looks for problems every half hour, and alerts the operator through the connections listed in `AKHBAR_NOTIFY`: once
when a problem appears, and once when it is resolved. It reports:

- a missing edition,
- latest stories that are out of date,
- a failed check,
- a newspaper that blocks the crawler.

The newspapers' runs look for the same problems when they end; this DAG covers the time between runs. The table
`alerts` records every alert.
"""

with DAG(
    dag_id="watch",
    dag_display_name="Watch: alerts, every 30 minutes",
    description="Alerts the operator to problems, through the connections listed in AKHBAR_NOTIFY",
    doc_md=DOC,
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
        doc_md="""Looks for problems in the database and sends alerts.

**When it fails**, the news database is unavailable. The operator has been alerted.

- Fix the database. The next run checks again.
- An alert that cannot be delivered does not fail this task. It is logged here, and the next run sends it again.
""",
    )
    def check_and_notify() -> None:
        import psycopg2

        from akhbar.maintenance.alerts import update_alerts

        sent = Variable.get(DATABASE_ALERT, default=None)
        try:
            update_alerts(database_url(), deliver)
        except psycopg2.Error as error:
            message = f"The news database is unavailable, so nothing is being stored: {str(error).strip()}"
            if sent is None and deliver(message):
                Variable.set(DATABASE_ALERT, message)
            raise
        if sent and deliver(f"Resolved: {sent}"):
            Variable.delete(DATABASE_ALERT)
        report_freshness(database_url())

    check_and_notify()
