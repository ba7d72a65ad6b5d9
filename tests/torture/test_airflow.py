"""A real Airflow misbehaves: its workers, tasks and schedulers are killed, and two schedulers share a database.

All trials use one stack: Postgres, an API server, a DAG processor and a scheduler with the LocalExecutor, as `make up`
starts them, with the replica as the newspaper. Airflow's timeouts of minutes are shortened to seconds.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.processes import process
from akhbar.local.stack import COMPONENTS, LocalStack, await_dags, running
from tests.conftest import News
from tests.replica import Replica, replica
from tests.torture.compare import bookkeeping_errors, story_differences
from tests.torture.installation import Installation, Stored
from tests.torture.steps import EDITION, kill, orphans, with_children
from tests.torture.trials import parameters

DAG = "dawn_edition"
OTHER_EDITION = "2025-03-29"
TIMEOUT = 240
"""Seconds that a run may take, including the time in which Airflow notices that a process died."""
MAX_ATTEMPTS = 10
"""How often a task may have ended just before it is killed."""
SETTINGS = """
[scheduler]
task_instance_heartbeat_sec = 2
task_instance_heartbeat_timeout = 15
task_instance_heartbeat_timeout_detection_interval = 2
scheduler_heartbeat_sec = 2
scheduler_health_check_threshold = 15
orphaned_tasks_check_interval = 5
"""
"""airflow.cfg: without a heartbeat for 15 seconds, instead of five minutes, a process counts as dead."""
POLICY = """
from datetime import timedelta

def task_policy(task):
    task.retry_delay, task.retry_exponential_backoff = timedelta(seconds=1), 0
"""
"""airflow_local_settings.py: a failed task is retried immediately, instead of after five minutes."""
EMPTY = "TRUNCATE news.articles, news.editorials, news.revisions, news.rejects, news.pages, news.runs CASCADE"


class AirflowInstallation(Installation):
    """An installation whose steps are Airflow's tasks: only the crawls count as its own processes."""

    def processes(self) -> list[psutil.Process]:
        return [found for found in super().processes() if "akhbar.crawl.process" in found.info["cmdline"]]


@dataclass
class Lab:
    """The running stack."""

    local: LocalStack
    airflow: Airflow
    installation: AirflowInstallation
    site: Replica
    stack: ExitStack
    stories: dict[str, list[Stored]] = field(default_factory=dict)
    """What an undisturbed run of each edition stores."""
    rejects: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """Which stories it rejects, and why."""
    earlier_requests: int = 0
    """Requests to the site before the tables were last emptied."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each of its tasks takes."""

    def start_scheduler(self, name: str = "scheduler") -> None:
        """Starts a scheduler, in place of a dead one if there is one of that name."""
        command = [sys.executable, "-m", "airflow", *COMPONENTS["scheduler"]]
        self.local.components[name] = self.stack.enter_context(
            process(name, command, self.local.environment(), self.local.folder)
        )

    def scheduler(self, name: str = "scheduler") -> psutil.Process:
        return psutil.Process(self.local.components[name].pid)

    def task(self, run_id: str, task_id: str) -> dict[str, Any]:
        return next(task for task in self.airflow.tasks(DAG, run_id) if task["task_id"] == task_id)

    def await_end(self, *run_ids: str) -> Iterator[str]:
        """Waits until these runs have ended. Yields what went wrong."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            states = {run["dag_run_id"]: run["state"] for run in self.airflow.runs(DAG)}
            if all(states[run_id] in FINAL for run_id in run_ids):
                break
            if time.monotonic() > deadline:
                tasks = {task["task_id"]: task["state"] for run in run_ids for task in self.airflow.tasks(DAG, run)}
                yield f"still running after {TIMEOUT} s: {tasks}"
                for run_id in run_ids:
                    self.airflow.mark_failed(DAG, run_id)
                break
            time.sleep(0.3)
        yield from (f"the run {run_id}: {states[run_id]}" for run_id in run_ids if states[run_id] != "success")

    def differences(self, *editions: str, exactly: bool = False) -> Iterator[str]:
        """How the tables differ from those of undisturbed runs of these editions, and what is left over.

        `exactly` means that each page must be recorded as often as it was requested, since nothing was killed.
        """
        yield from orphans(self.installation)
        expected = {story[0]: story for edition in editions for story in self.stories[edition]}
        yield from story_differences(self.installation.stories(), sorted(expected.values(), key=lambda story: story[0]))
        rejects = {each for edition in editions for each in self.rejects[edition]}
        requested = Counter(path for path in self.site.paths[self.earlier_requests :] if path != "/robots.txt")
        yield from bookkeeping_errors(self.installation.bookkeeping(), rejects, requested, exactly=exactly)
        yield from self.installation.leftovers()

    def clear(self) -> None:
        """Empties the tables, so that the next trial reads the newspaper again."""
        self.installation.news.rows(EMPTY)
        self.earlier_requests = len(self.site.requests)

    def learn(self) -> None:
        """Runs each edition undisturbed, after the run that is due when the DAG is unpaused."""
        self.airflow.unpause(DAG)
        while not self.airflow.runs(DAG):
            self.local.watch()
            time.sleep(0.2)
        list(self.await_end(self.airflow.runs(DAG)[0]["dag_run_id"]))  # whatever its outcome
        self.clear()
        for edition in (OTHER_EDITION, EDITION):
            run_id = self.airflow.trigger(DAG, {"edition": edition})
            errors = list(self.await_end(run_id))
            assert not errors, errors
            self.stories[edition] = self.installation.stories()
            self.rejects[edition] = set(self.installation.bookkeeping().rejects)
            self.seconds = {task["task_id"]: task["duration"] for task in self.airflow.tasks(DAG, run_id)}
            self.clear()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The stack, after an undisturbed run of each edition."""
    folder = tmp_path_factory.mktemp("airflow")
    home = folder / "live" / "airflow"
    (home / "config").mkdir(parents=True)
    (home / "airflow.cfg").write_text(SETTINGS)
    (home / "config" / "airflow_local_settings.py").write_text(POLICY)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        site = stack.enter_context(replica())
        patch.setenv("AKHBAR_LOCAL", str(folder))
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        patch.setenv("AKHBAR_DELAY", "0.1")  # a crawl must last long enough to be killed
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        local = stack.enter_context(running("live", free_port()))
        stack.callback(local.postgres.destroy)
        airflow = Airflow(local.url, "admin", local.secrets.admin)
        await_dags(local, airflow, [DAG])
        writer, reader, monitor = local.news_url("writer"), local.news_url("reader"), local.news_url("monitor")
        news = News(local.postgres.url("news"), writer, reader, monitor)
        lab = Lab(local, airflow, AirflowInstallation(news, local.folder / "archive", {}), site, stack)
        lab.learn()
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
