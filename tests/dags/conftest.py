"""Airflow in this process, on a database of its own: set up once, before anything imports airflow."""

import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from pipeline.postgres import Server
from pipeline.settings import ROOT

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture(scope="session")
def airflow(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A migrated Airflow on the DAGs folder; what imports airflow may do so once this is there."""
    assert "airflow" not in sys.modules, "airflow was imported before its settings were made"
    settings = {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.create_database("airflow").replace("://", "+psycopg2://", 1),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # airflow would be compiled anew each time
        patch.syspath_prepend(str(ROOT / "dags"))
        migrated = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"], capture_output=True, text=True, check=False
        )
        assert migrated.returncode == 0, migrated.stderr[-2000:]
        yield
        from airflow.settings import dispose_orm

        dispose_orm()


@pytest.fixture(scope="session")
def dags(airflow: None) -> "DagBag":
    """The DAGs folder, as Airflow reads it."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(ROOT / "dags")
