"""What every DAG and task must have, for every newspaper, and what no DAG may be triggered with."""

import copy
from typing import TYPE_CHECKING, Any

import pytest

from akhbar.newspaper import Newspaper
from akhbar.newspapers import declared

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

PAPERS = [pytest.param(paper, id=paper.name) for paper in declared()]
STEPS = ["scrape", "clean", "load", "check"]


def dags_of(dags: "DagBag", paper: Newspaper) -> list[Any]:
    return [dags.dags[f"{paper.name}_{mode}"] for mode in paper.schedules]


def test_every_file_of_the_dags_folder_imports(dags: "DagBag") -> None:
    assert dags.import_errors == {}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_newspaper_has_a_dag_for_each_of_its_schedules(dags: "DagBag", paper: Newspaper) -> None:
    found = {name for name, dag in dags.dags.items() if paper.name in dag.tags}
    assert found == {f"{paper.name}_{mode}" for mode in paper.schedules}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_dag_is_documented_and_has_an_owner(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        assert dag.doc_md
        assert dag.description
        assert paper.about in dag.doc_md
        assert {"newspaper", paper.name} <= dag.tags
        assert "airflow" not in dag.owner.split(", "), "a task has Airflow's default owner"


@pytest.mark.parametrize("paper", PAPERS)
def test_the_steps_follow_one_another(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        followers = {task.task_id: task.downstream_task_ids for task in dag.tasks}
        assert followers == {"scrape": {"clean"}, "clean": {"load"}, "load": {"check"}, "check": set()}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_task_says_what_to_do_when_it_fails_and_has_a_timeout(dags: "DagBag", paper: Newspaper, step: str) -> None:
    for dag in dags_of(dags, paper):
        task = dag.get_task(step)
        assert "**When it fails**" in task.doc_md
        assert "\n- " in task.doc_md
        assert task.owner == "newsroom"
        assert task.execution_timeout is not None


@pytest.mark.parametrize(("step", "retries"), [("scrape", 3), ("clean", 5), ("load", 5), ("check", 0)])
@pytest.mark.parametrize("paper", PAPERS)
def test_tasks_are_retried_where_a_retry_may_help(dags: "DagBag", paper: Newspaper, step: str, retries: int) -> None:
    for dag in dags_of(dags, paper):
        assert dag.get_task(step).retries == retries


@pytest.mark.parametrize("paper", PAPERS)
def test_the_delays_between_retries_of_a_crawl_grow(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        task = dag.get_task("scrape")
        assert task.retry_exponential_backoff > 1
        assert task.retry_delay < task.max_retry_delay


@pytest.mark.parametrize("paper", PAPERS)
def test_two_runs_of_a_dag_never_crawl_at_the_same_time(dags: "DagBag", paper: Newspaper) -> None:
    """A backfill ignores `max_active_runs`, but not the limit of the task."""
    for dag in dags_of(dags, paper):
        assert dag.max_active_runs == 1
        assert dag.get_task("scrape").max_active_tis_per_dag == 1


@pytest.mark.parametrize("paper", PAPERS)
def test_stories_fetched_by_a_failed_crawl_are_still_stored(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        assert dag.get_task("clean").trigger_rule == "all_done"


@pytest.mark.parametrize("paper", PAPERS)
def test_no_dag_catches_up_on_missed_runs(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        assert dag.catchup is False


HOSTILE = [
    *("", " ", "x" * 10_240, "a\x00b", "\x1b[2J", "\U0001f5de", "../../etc/passwd", "/etc", "$(reboot)", "{{ 7 * 7 }}"),
    *(
        "'; DROP TABLE articles; --",
        "<script>alert(1)</script>",
        "http://127.0.0.1/",
        "dawn\n",
        "2026-02-30",
        "22.1.2016",
    ),
    *(7, -1, 1.5, [], ["2016-01-22"], {}, {"a": 1}),
]
DAY = {"edition": [*HOSTILE, True], "recheck": [*HOSTILE, None, "true", 1]}
WRONG: dict[str, dict[str, list[Any]]] = {
    **{f"{paper.name}_edition": DAY for paper in declared() if paper.has_editions},
    **{f"{paper.name}_latest": {"recheck": DAY["recheck"]} for paper in declared()},
    "replay": {
        "newspaper": [*HOSTILE, None, True],
        "from": [*HOSTILE, True],
        "to": [*HOSTILE, True],
        "run": [
            *(wrong for wrong in HOSTILE if wrong not in ("2026-02-30", "22.1.2016")),  # names that a batch could have
            True,
            "../dawn",
            "a/../../b",
            "..",
        ],
    },
}


def refuses(dags: "DagBag", name: str, parameter: str, value: Any) -> bool:
    """Whether a DAG cannot be triggered with a value."""
    from airflow.sdk.exceptions import ParamValidationError

    params = copy.deepcopy(dags.dags[name].params)
    try:
        params.update({parameter: value})
        params.validate()
    except ParamValidationError:
        return True
    return False


def test_every_parameter_of_every_dag_is_tested(dags: "DagBag") -> None:
    assert {name: set(dag.params) for name, dag in dags.dags.items() if dag.params} == {
        name: set(parameters) for name, parameters in WRONG.items()
    }


@pytest.mark.parametrize("name", WRONG)
def test_the_form_refuses_malformed_parameters(dags: "DagBag", name: str) -> None:
    accepted = [
        (parameter, value)
        for parameter, values in WRONG[name].items()
        for value in values
        if not refuses(dags, name, parameter, value)
    ]
    assert accepted == []
