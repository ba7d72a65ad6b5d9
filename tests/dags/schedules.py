"""When Airflow's scheduler would run a DAG."""

from datetime import datetime
from typing import Any


def next_run(dag: Any, instant: datetime) -> Any:
    """The first run of a DAG that is due after an instant."""
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables.base import TimeRestriction
    from pendulum import instance

    timetable = coerce_to_core_timetable(dag.timetable)
    restriction = TimeRestriction(earliest=instance(instant), latest=None, catchup=True)
    return timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
