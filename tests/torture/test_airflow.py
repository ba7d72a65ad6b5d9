"""A real Airflow misbehaves: its workers, tasks and schedulers are killed, and two schedulers share a database."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.local.airflow_api import FINAL
from tests.torture.airflow_lab import DAG, Lab, running_lab
from tests.torture.steps import EDITION, kill, orphans, with_children
from tests.torture.trials import parameters

OTHER_EDITION = "2025-03-29"
MAX_ATTEMPTS = 10
"""How often a task may have ended just before it is killed."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The stack, after an undisturbed run of each edition."""
    with running_lab(
        tmp_path_factory.mktemp("airflow"), OTHER_EDITION, EDITION, delay="0.1"
    ) as lab:  # long enough to be killed
        yield lab


Attempt = Callable[[Lab, random.Random], Iterator[str]]
"""Tries something once; yields what went wrong."""
Victims = Callable[[Lab, int], list[psutil.Process]]
"""The processes to kill, given the task's process."""


@dataclass(frozen=True)
class Trial:
    """What is tried, and how often."""

    name: str
    attempt: Attempt
    times: int = 1
    quick: bool = False


def run_and_kill(lab: Lab, rng: random.Random, task_id: str, victims: Victims) -> str:
    """Starts a run and kills processes while a task works. Returns the run's id.

    A task that ended before it was killed is cleared and killed again.
    """
    run_id = lab.airflow.trigger(DAG, {"edition": EDITION})
    while True:
        while (task := lab.task(run_id, task_id))["state"] != "running":
            if task["state"] in FINAL:
                lab.airflow.clear(DAG, run_id, task_id)
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 0.9) * lab.seconds[task_id])
        with suppress(psutil.NoSuchProcess, TypeError):  # TypeError: the task has no process yet
            found = victims(lab, task["pid"])
            if psutil.Process(task["pid"]).status() != psutil.STATUS_ZOMBIE:
                kill(found)
                return run_id


def supervisor(_: Lab, pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid).parent()]


def itself(_: Lab, pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid)]


def task_killed(task_id: str, victims: Victims) -> Attempt:
    """A process of a task is killed; Airflow must notice it and retry the task."""

    def attempt(lab: Lab, rng: random.Random) -> Iterator[str]:
        for _ in range(MAX_ATTEMPTS):
            run_id = run_and_kill(lab, rng, task_id, victims)
            yield from lab.await_end(run_id)
            yield from lab.differences(EDITION)
            if lab.task(run_id, task_id)["try_number"] > 1:
                return
            lab.clear()  # it had reported success before it was killed
        yield f"{task_id} was not retried"

    return attempt


def scheduler_killed(task_id: str) -> Attempt:
    """The scheduler and everything it started are killed while a task works, as in a power failure."""

    def attempt(lab: Lab, rng: random.Random) -> Iterator[str]:
        run_id = run_and_kill(lab, rng, task_id, lambda lab, _: with_children(lab.scheduler()))
        lab.local.components["scheduler"].wait()
        yield from orphans(lab.installation)
        lab.start_scheduler()
        yield from lab.await_end(run_id)
        yield from lab.differences(EDITION)

    return attempt


def two_schedulers(lab: Lab, rng: random.Random) -> Iterator[str]:
    """Two schedulers share six runs, and each task runs once. Then one of the two dies during a seventh run."""
    lab.start_scheduler("second scheduler")
    runs = [lab.airflow.trigger(DAG, {"edition": edition}) for edition in (EDITION, OTHER_EDITION) * 3]
    yield from lab.await_end(*runs)
    tries = {task["try_number"] for run_id in runs for task in lab.airflow.tasks(DAG, run_id)}
    if tries != {1}:
        yield f"tasks were tried {max(tries)} times"
    yield from lab.differences(EDITION, OTHER_EDITION, exactly=True)
    lab.clear()
    run_id = run_and_kill(lab, rng, "scrape", lambda lab, _: with_children(lab.scheduler()))
    lab.local.components["scheduler"] = lab.local.components.pop("second scheduler")
    yield from lab.await_end(run_id)
    yield from lab.differences(EDITION)


def five_at_once(lab: Lab, _: random.Random) -> Iterator[str]:
    """Five clients trigger the same edition at the same moment."""
    with ThreadPoolExecutor(5) as clients:
        triggers = [clients.submit(lab.airflow.trigger, DAG, {"edition": EDITION}) for _ in range(5)]
    runs = []
    for trigger in triggers:
        try:
            runs.append(trigger.result())
        except httpx.HTTPStatusError as error:
            yield f"one of five triggers was answered {error.response.status_code}"
    yield from lab.await_end(*runs)
    yield from lab.differences(EDITION, exactly=True)


TRIALS = [
    Trial("the same edition triggered five times at once through the REST API", five_at_once),
    Trial("kill -9 of the supervisor of scrape", task_killed("scrape", supervisor), times=3),
    Trial("kill -9 of the supervisor of clean", task_killed("clean", supervisor), times=2),
    Trial("kill -9 of the supervisor of load", task_killed("load", supervisor), times=3),
    Trial("kill -9 of the process of scrape", task_killed("scrape", itself), times=2),
    Trial("kill -9 of the process of load", task_killed("load", itself), times=2),
    Trial("kill -9 of the scheduler and all it started, during scrape", scheduler_killed("scrape"), times=3),
    Trial("kill -9 of the scheduler and all it started, during load", scheduler_killed("load"), times=2),
    Trial("two schedulers on one database, then one of them killed", two_schedulers),
]


@pytest.mark.parametrize("trial", parameters(TRIALS))
def test_the_run_ends_with_the_tables_of_an_undisturbed_run(
    lab: Lab, trial: Trial, rng: random.Random, record_property: Callable[[str, object], None]
) -> None:
    record_property("seen", "the tables of an undisturbed run; no crawl, lock or partial batch left over")
    errors = list(trial.attempt(lab, rng))
    lab.clear()
    assert not errors, "; ".join(errors)
