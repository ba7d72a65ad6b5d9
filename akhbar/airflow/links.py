"""Buttons on a task's page in Airflow that link to the Newsroom.

Airflow stores each run's links under the names of these classes: renaming one removes the button from earlier runs.
"""

from typing import Any
from urllib.parse import urlencode

import attrs
from airflow.sdk import BaseOperatorLink
from airflow.sdk.configuration import conf


@attrs.define
class BatchLink(BaseOperatorLink):
    """Links a scrape task to the Newsroom page of its run."""

    source: str
    name = "Newsroom: run"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        return _newsroom(f"{self.source}/runs", dag_run_id=ti_key.run_id)


@attrs.define
class RowsLink(BaseOperatorLink):
    """Links a load task to the stories that it stored, or to its run if it failed."""

    source: str
    name = "Newsroom: stories"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        loaded = ti_key.xcom_pull(task_ids=ti_key.task_id)
        if not loaded:
            return _newsroom(f"{self.source}/runs", dag_run_id=ti_key.run_id)
        return _newsroom(f"{self.source}/stories", run=loaded["run_id"])


def _newsroom(path: str, **query: Any) -> str:
    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/newsroom/{path}?{urlencode(query)}"
