"""A running Airflow for trials: Postgres, an API server, a DAG processor and a scheduler with the LocalExecutor.

As `make up` starts them, with the replica as the newspaper. Airflow's timeouts of minutes are shortened to seconds.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

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
from tests.torture.steps import orphans

DAG = "dawn_edition"
TIMEOUT = 240
"""Seconds that a run may take, including the time in which Airflow notices that a process died."""
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
from pathlib import Path

def task_policy(task):
    task.retry_delay, task.retry_exponential_backoff = timedelta(seconds=1), 0

def dag_policy(dag):
    dag.max_active_runs = int(Path(__file__).with_name("max_active_runs").read_text())
"""
"""airflow_local_settings.py: a failed task is retried immediately, instead of after five minutes."""
EMPTY = "TRUNCATE news.articles, news.editorials, news.revisions, news.rejects, news.pages, news.runs CASCADE"


class AirflowInstallation(Installation):
    """An installation whose steps are Airflow's tasks: only the crawls count as its own processes."""

    def processes(self) -> list[psutil.Process]:
        return [found for found in super().processes() if "akhbar.crawl.process" in found.info["cmdline"]]


class Operator(Airflow):
    """What an operator does in Airflow's UI, through the REST API that the UI uses."""

    def run(self, run_id: str) -> dict[str, Any]:
        return dict(self._call("GET", f"/dags/{DAG}/dagRuns/{run_id}"))

    def states(self, run_id: str) -> dict[str, str]:
        """The states of a run's tasks, by task."""
        return {task["task_id"]: task["state"] for task in self.tasks(DAG, run_id)}

    def clear_run(self, run_id: str) -> None:
        self._call("POST", f"/dags/{DAG}/dagRuns/{run_id}/clear", json={"dry_run": False})

    def clear_from(self, run_id: str, task_id: str) -> None:
        """Clears a task and those that follow it, in any state, which is what the UI suggests."""
        body = {"dag_run_id": run_id, "task_ids": [task_id], "include_downstream": True}
        self._call("POST", f"/dags/{DAG}/clearTaskInstances", json={**body, "dry_run": False, "only_failed": False})

    def mark(self, run_id: str, task_id: str, state: Literal["success", "failed"]) -> None:
        self._call("PATCH", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task_id}", json={"new_state": state})

    def delete(self, run_id: str) -> int:
        """Deletes a run. Returns the response's status: Airflow refuses to delete a running one."""
        return self._http.delete(f"/dags/{DAG}/dagRuns/{run_id}").status_code

    def backfill(self, first: str, last: str, reprocess: Literal["none", "failed", "completed"]) -> Callable[[], bool]:
        """Starts a backfill from one date to before another. Returns a function that says whether it has ended."""
        days = {"from_date": f"{first}T00:00:00Z", "to_date": f"{last}T00:00:00Z"}
        body = {"dag_id": DAG, **days, "reprocess_behavior": reprocess}
        number = self._call("POST", "/backfills", json=body)["id"]
        return lambda: self._call("GET", f"/backfills/{number}")["completed_at"] is not None

    def runs_on(self, day: str) -> list[dict[str, Any]]:
        """The runs whose logical date is on this day."""
        on_day = {"logical_date_gte": f"{day}T00:00:00Z", "logical_date_lte": f"{day}T23:59:59Z"}
        return list(self._call("GET", f"/dags/{DAG}/dagRuns", params=on_day)["dag_runs"])

    def max_active_runs(self) -> int:
        """As the DAG processor last parsed it."""
        return int(self._call("GET", f"/dags/{DAG}")["max_active_runs"])

    def problems(self) -> list[str]:
        """The titles of the problems that the Newsroom shows."""
        page = self._http.get(f"{str(self._http.base_url).removesuffix('/api/v2/')}/newsroom/api/newspapers")
        return [problem["title"] for paper in page.json() for problem in paper["problems"]]


@dataclass
class Lab:
    """The running stack."""

    local: LocalStack
    airflow: Operator
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
        self._start(name, "scheduler", {})

    def restart(self, component: str, **environment: str) -> None:
        """Stops a component and starts it again, with additions to its environment."""
        self.local.components[component].terminate()
        self.local.components[component].wait()
        self._start(component, component, environment)

    def set_max_active_runs(self, number: int) -> None:
        """Changes the DAG's `max_active_runs`, and waits until the DAG has been parsed again."""
        (self.local.folder / "airflow" / "config" / "max_active_runs").write_text(str(number))
        self.restart("dag-processor")
        while self.airflow.max_active_runs() != number:
            self.local.watch()
            time.sleep(0.2)

    def revive(self) -> None:
        """Starts components again that have exited, as Docker and Kubernetes do."""
        for name, component in list(self.local.components.items()):
            if component.poll() is not None:
                self._start(name, name, {})

    def _start(self, name: str, component: str, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "airflow", *COMPONENTS[component]]
        self.local.components[name] = self.stack.enter_context(
            process(name, command, self.local.environment() | environment, self.local.folder)
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

    def learn(self, *editions: str) -> None:
        """Runs each edition undisturbed, after the run that is due when the DAG is unpaused."""
        self.airflow.unpause(DAG)
        while not self.airflow.runs(DAG):
            self.local.watch()
            time.sleep(0.2)
        list(self.await_end(self.airflow.runs(DAG)[0]["dag_run_id"]))  # whatever its outcome
        self.clear()
        for edition in editions:
            run_id = self.airflow.trigger(DAG, {"edition": edition})
            errors = list(self.await_end(run_id))
            assert not errors, errors
            self.stories[edition] = self.installation.stories()
            self.rejects[edition] = set(self.installation.bookkeeping().rejects)
            self.seconds = {task["task_id"]: task["duration"] for task in self.airflow.tasks(DAG, run_id)}
            self.clear()


@contextmanager
def running_lab(folder: Path, *editions: str, delay: str) -> Iterator[Lab]:
    """The stack, in a folder, after an undisturbed run of each edition; `delay` is AKHBAR_DELAY."""
    home = folder / "live" / "airflow"
    (home / "config").mkdir(parents=True)
    (home / "airflow.cfg").write_text(SETTINGS)
    (home / "config" / "airflow_local_settings.py").write_text(POLICY)
    (home / "config" / "max_active_runs").write_text("1")
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        site = stack.enter_context(replica())
        patch.setenv("AKHBAR_LOCAL", str(folder))
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        patch.setenv("AKHBAR_DELAY", delay)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        local = stack.enter_context(running("live", free_port()))
        stack.callback(local.postgres.destroy)
        airflow = Operator(local.url, "admin", local.secrets.admin)
        await_dags(local, airflow, [DAG])
        news = News(
            local.postgres.url("news"),
            local.news_url("writer"),
            local.news_url("reader"),
            local.news_url("monitor"),
            local.news_url("analyst"),
        )
        lab = Lab(local, airflow, AirflowInstallation(news, local.folder / "archive", {}), site, stack)
        lab.learn(*editions)
        yield lab
