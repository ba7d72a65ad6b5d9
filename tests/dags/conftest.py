"""The DAGs, as Airflow reads them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from akhbar.settings import ROOT
from tests.conftest import News

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


RunDag = Callable[..., Any]


@pytest.fixture(scope="session")
def dags(airflow: None) -> "DagBag":
    """The DAGs folder, as Airflow reads it."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(ROOT / "dags")


def dag_named(name: str) -> Any:
    """The DAG, read anew: a run leaves its parameters in the DAG's object."""
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(ROOT / "dags").dags[name]
    dag.deadline = None  # dag.test() of Airflow 3.3.2 breaks at the end of a run that has one; the scheduler does not
    return dag


@pytest.fixture
def news_db(airflow: None, here: Path, news: News, monkeypatch: pytest.MonkeyPatch) -> News:
    """The fresh database, as Airflow's connection `news_db` and in no other way."""
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", news.writer)
    monkeypatch.delenv("AKHBAR_DATABASE_URL")
    return news


@pytest.fixture
def run_dag(news_db: News) -> RunDag:
    """Runs a DAG to its end; a task that fails is tried again as often as said, and at once."""

    def run(name: str, retries: int = 0, **arguments: Any) -> Any:
        dag = dag_named(name)
        for task in dag.tasks:
            task.retries = retries
            task.retry_exponential_backoff = 0
            task.retry_delay = timedelta(0)
        return dag.test(**arguments)

    return run
