"""What every DAG and task must have, whichever newspaper it is of."""

from typing import TYPE_CHECKING, Any

import pytest

from akhbar.newspapers import Newspaper, declared

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

PAPERS = [pytest.param(paper, id=paper.name) for paper in declared()]
STEPS = ["scrape", "clean", "load", "check"]


def dags_of(dags: "DagBag", paper: Newspaper) -> list[Any]:
    return [dags.dags[f"{paper.name}_{mode}"] for mode in ("edition", "latest")]


def test_every_file_of_the_dags_folder_imports(dags: "DagBag") -> None:
    assert dags.import_errors == {}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_newspaper_has_an_edition_and_a_latest_dag(dags: "DagBag", paper: Newspaper) -> None:
    assert {f"{paper.name}_edition", f"{paper.name}_latest"} <= set(dags.dags)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_dag_tells_what_it_does_and_whose_it_is(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        assert dag.doc_md
        assert dag.description
        assert paper.doc in dag.doc_md
        assert {"newspaper", paper.name} <= dag.tags
        assert "airflow" not in dag.owner.split(", "), "an owner was left to Airflow's default"


@pytest.mark.parametrize("paper", PAPERS)
def test_the_steps_follow_one_another(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        followers = {task.task_id: task.downstream_task_ids for task in dag.tasks}
        assert followers == {"scrape": {"clean"}, "clean": {"load"}, "load": {"check"}, "check": set()}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_task_tells_what_to_do_when_it_fails_and_ends_some_day(dags: "DagBag", paper: Newspaper, step: str) -> None:
    for dag in dags_of(dags, paper):
        task = dag.get_task(step)
        assert "**When it fails**" in task.doc_md
        assert task.owner == "newsroom"
        assert task.execution_timeout is not None


@pytest.mark.parametrize(("step", "retries"), [("scrape", 3), ("clean", 2), ("load", 5), ("check", 0)])
@pytest.mark.parametrize("paper", PAPERS)
def test_what_may_pass_by_itself_is_tried_again(dags: "DagBag", paper: Newspaper, step: str, retries: int) -> None:
    for dag in dags_of(dags, paper):
        assert dag.get_task(step).retries == retries


@pytest.mark.parametrize("paper", PAPERS)
def test_the_pauses_between_tries_of_a_crawl_grow(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        task = dag.get_task("scrape")
        assert task.retry_exponential_backoff > 1
        assert task.retry_delay < task.max_retry_delay


@pytest.mark.parametrize("paper", PAPERS)
def test_two_runs_of_a_dag_never_crawl_at_once(dags: "DagBag", paper: Newspaper) -> None:
    """`max_active_runs` does not bind a backfill, which has a limit of its own: the task's limit does."""
    for dag in dags_of(dags, paper):
        assert dag.max_active_runs == 1
        assert dag.get_task("scrape").max_active_tis_per_dag == 1


@pytest.mark.parametrize("paper", PAPERS)
def test_what_a_failed_crawl_did_fetch_is_stored_all_the_same(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        assert dag.get_task("clean").trigger_rule == "all_done"


@pytest.mark.parametrize("paper", PAPERS)
def test_no_dag_catches_up_on_what_it_missed(dags: "DagBag", paper: Newspaper) -> None:
    for dag in dags_of(dags, paper):
        assert dag.catchup is False


def test_the_watch_is_switched_on_by_itself(dags: "DagBag") -> None:
    watch = dags.dags["watch"]
    assert watch.is_paused_upon_creation is False
    assert "**When it fails**" in (watch.get_task("look").doc_md or "")


@pytest.mark.parametrize("paper", PAPERS)
def test_an_edition_has_until_the_newspapers_own_hour(dags: "DagBag", paper: Newspaper) -> None:
    deadlines: Any = dags.dags[f"{paper.name}_edition"].deadline
    (deadline,) = deadlines
    assert deadline.interval == paper.edition_due_after
    assert deadline.callback.path == "telling.look"
