"""The DAGs, as Airflow reads them."""

from typing import TYPE_CHECKING

import pytest

from pipeline.settings import ROOT

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture(scope="session")
def dags(airflow: None) -> "DagBag":
    """The DAGs folder, as Airflow reads it."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(ROOT / "dags")
