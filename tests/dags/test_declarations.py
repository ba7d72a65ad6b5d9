"""How Airflow reports a mistake in AKHBAR_NEWSPAPERS; `test_house_rules.py` has the DAGs without one."""

import pytest

from akhbar.settings import ROOT


def test_an_unknown_newspaper_is_an_import_error_and_the_others_have_their_dags(
    airflow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "dawn,herald")
    bag = DagBag(ROOT / "dags")
    ((file, error),) = bag.import_errors.items()
    assert file.endswith("declarations.py")
    assert "AKHBAR_NEWSPAPERS lists herald" in error
    assert {"dawn_edition", "dawn_latest", "replay", "maintenance", "watch"} == set(bag.dags)
