"""The DAG `replay`: its form, and a real run."""

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import News, RunDag
from tests.dags.test_runs import states
from tests.replica import Replica

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture(scope="module")
def dag(dags: "DagBag") -> Any:
    return dags.dags["replay"]


def submitted(dag: Any, form: dict[str, Any]) -> Any:
    """The parameters of a run that is triggered with a form."""
    params = copy.deepcopy(dag.params)
    params.update(form)
    return params.validate()


def test_it_is_only_run_manually_and_says_what_to_do_when_it_fails(dag: Any) -> None:
    task = dag.get_task("replay")
    assert dag.schedule is None
    assert dag.doc_md
    assert dag.description
    assert "**When it fails**" in task.doc_md
    assert (dag.owner, task.owner) == ("newsroom", "newsroom")
    assert task.execution_timeout
    assert task.retries == 2
    assert dag.max_active_runs == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"newspaper": "the-moon"},
        {"from": "last week"},
        {"to": "2026-02-30"},
        {"run": "'; DROP TABLE articles; --"},
        {"run": 7},
    ],
)
def test_the_form_refuses_invalid_values(dag: Any, wrong: dict[str, Any]) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        submitted(dag, wrong)


@pytest.mark.parametrize("right", [{}, {"from": "2026-01-01", "to": "2026-01-31"}, {"run": "57"}, {"run": "dawn/x-1"}])
def test_the_form_accepts_days_a_run_or_nothing(dag: Any, right: dict[str, Any]) -> None:
    assert submitted(dag, right) == {"newspaper": "dawn", "from": None, "to": None, "run": None, **right}


def test_a_replay_fills_empty_tables_while_the_site_is_down(run_dag: RunDag, news_db: News, site: Replica) -> None:
    run_dag("dawn_edition", run_conf={"edition": "2026-06-19"})
    hashes = news_db.rows("SELECT story_id, content_hash FROM stories ORDER BY story_id")
    news_db.rows("TRUNCATE articles, editorials")
    site.requests.clear()
    assert states(run_dag("replay", run_conf={"newspaper": "dawn", "from": "2026-06-19"})) == {"replay": "success"}
    assert len(hashes) == 5
    assert news_db.rows("SELECT story_id, content_hash FROM stories ORDER BY story_id") == hashes
    assert site.requests == []
    failed = run_dag("replay", run_conf={"newspaper": "dawn", "to": "2001-01-01"})
    assert states(failed) == {"replay": "failed"}
