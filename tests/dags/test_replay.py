"""The DAG `replay`: its form, and what it does with it."""

import copy
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture(scope="module")
def dag(dags: "DagBag") -> Any:
    return dags.dags["replay"]


def sent(dag: Any, form: dict[str, Any]) -> Any:
    """What a run gets that is triggered with a form."""
    params = copy.deepcopy(dag.params)
    params.update(form)
    return params.validate()


def test_it_runs_by_hand_only_and_says_what_to_do_when_it_fails(dag: Any) -> None:
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
def test_the_form_refuses_what_cannot_be_meant(dag: Any, wrong: dict[str, Any]) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        sent(dag, wrong)


@pytest.mark.parametrize("right", [{}, {"from": "2026-01-01", "to": "2026-01-31"}, {"run": "57"}, {"run": "dawn/x-1"}])
def test_the_form_takes_days_a_run_or_nothing(dag: Any, right: dict[str, Any]) -> None:
    assert sent(dag, right) == {"newspaper": "dawn", "from": None, "to": None, "run": None, **right}
