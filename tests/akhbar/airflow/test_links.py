"""Links from a task's page to the Newsroom; `tests/dags/test_runs.py` has those of a real run."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit


def test_a_failed_load_leads_to_its_run(airflow: None) -> None:
    from akhbar.airflow.links import RowsLink

    failed: Any = SimpleNamespace(run_id="manual__1+1", task_id="load", xcom_pull=lambda task_ids: None)
    link = urlsplit(RowsLink("dawn").get_link(None, ti_key=failed))
    assert link.path.endswith("/newsroom/dawn/runs")
    assert parse_qs(link.query) == {"dag_run_id": ["manual__1+1"]}
