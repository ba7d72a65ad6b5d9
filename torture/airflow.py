"""A real Airflow misbehaves: its workers, tasks and schedulers are killed, and two schedulers share a database.

One stack for everything: Postgres, an API server, a DAG processor and a scheduler with the LocalExecutor, as `make up`
starts them, against a replica newspaper. What Airflow waits for by the minute, it is told to wait for by the second.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]

from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.processes import process
from akhbar.local.stack import COMPONENTS, Local, await_dags, running
from tests.replica import Replica, replica
from torture.kills import everything, orphans, strike
from torture.newsroom import Newsroom, Stored, execute
from torture.report import Row
from torture.site import beside, difference

DAG = "dawn_edition"
EDITION, OTHER = "2016-01-22", "2025-03-29"
LONGEST = 240
"""Seconds that a run may take, what Airflow needs to see that somebody died among them."""
MOST_BLOWS = 10
"""How often a task may have been over, but for the end of its process, when the blow falls."""
SETTINGS = """
[scheduler]
task_instance_heartbeat_sec = 2
task_instance_heartbeat_timeout = 15
task_instance_heartbeat_timeout_detection_interval = 2
scheduler_heartbeat_sec = 2
scheduler_health_check_threshold = 15
orphaned_tasks_check_interval = 5
"""
"""airflow.cfg: who is silent for 15 seconds is dead, not who is so for five minutes."""
POLICY = """
from datetime import timedelta

def task_policy(task):
    task.retry_delay, task.retry_exponential_backoff = timedelta(seconds=1), 0
"""
"""airflow_local_settings.py: a task that failed is tried again at once, and not in five minutes."""
EMPTY = "TRUNCATE news.articles, news.editorials, news.revisions, news.rejects, news.pages, news.runs CASCADE"


class AiredNewsroom(Newsroom):
    """A newsroom whose steps are Airflow's tasks: of the processes, only crawls are its own."""

    def processes(self) -> list[psutil.Process]:
        return [found for found in super().processes() if "akhbar.crawl.process" in found.info["cmdline"]]


@dataclass
class Lab:
    """The stack, running."""

    local: Local
    airflow: Airflow
    newsroom: AiredNewsroom
    site: Replica
    stack: ExitStack
    undisturbed: dict[str, list[Stored]] = field(default_factory=dict)
    """What a run of an edition leaves if nobody disturbs it."""
    refused: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """And which stories it refuses, and why."""
    asked_before: int = 0
    """Requests to the site of which the tables, emptied since, know nothing."""
    seconds: dict[str, float] = field(default_factory=dict)
    """What each of its tasks takes."""

    def start_scheduler(self, name: str = "scheduler") -> None:
        """Starts a scheduler; a second one of the same name takes the place of the first, which has died."""
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
        until = time.monotonic() + LONGEST
        while True:
            states = {run["dag_run_id"]: run["state"] for run in self.airflow.runs(DAG)}
            if all(states[run_id] in FINAL for run_id in run_ids):
                break
            if time.monotonic() > until:
                tasks = {task["task_id"]: task["state"] for run in run_ids for task in self.airflow.tasks(DAG, run)}
                yield f"not ended after {LONGEST} s: {tasks}"
                for run_id in run_ids:
                    self.airflow.give_up(DAG, run_id)
                break
            time.sleep(0.3)
        yield from (f"the run {run_id} {states[run_id]}" for run_id in run_ids if states[run_id] != "success")

    def afterwards(self, *editions: str, exactly: bool = False) -> Iterator[str]:
        """Whether the tables are those of undisturbed runs of these editions, and nothing is left over.

        `exactly` tells that each page must be counted as often as it was asked for, since nobody was killed.
        """
        yield from orphans(self.newsroom)
        wanted = {story[0]: story for edition in editions for story in self.undisturbed[edition]}
        yield from difference(self.newsroom.stories(), sorted(wanted.values(), key=lambda story: story[0]))
        rejects = {each for edition in editions for each in self.refused[edition]}
        asked = Counter(path for path in self.site.paths[self.asked_before :] if path != "/robots.txt")
        yield from beside(self.newsroom.beside(), rejects, asked, exactly=exactly)
        yield from self.newsroom.left_behind()

    def forget(self) -> None:
        """Empties the tables, so that the next trial reads the newspaper anew."""
        execute(self.newsroom.admin, EMPTY)
        self.asked_before = len(self.site.requests)


Trial = Callable[[Lab, random.Random], Iterator[str]]
"""Tries something once; yields what went wrong."""


def torture(folder: Path, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    """Tries what is wanted, all of it on one stack."""
    with laboratory(folder) as lab:
        for name, (times, trial) in ((name, TRIALS[name]) for name in NAMES if name in wanted):
            began = time.monotonic()
            wrong: list[str] = []
            for number in range(times):
                chance = random.Random(f"{seed} {name} {number}")  # noqa: S311 - nobody's secret hangs on it
                wrong += [f"{number}: {what}" for what in trial(lab, chance)]
                lab.forget()
            seen = "the tables of an undisturbed run after each; no crawl, lock or half batch left"
            yield Row(name, times, time.monotonic() - began, seen * (not wrong), "; ".join(wrong), seed)


@contextmanager
def laboratory(folder: Path) -> Iterator[Lab]:
    """The stack, after an undisturbed run of each edition."""
    home = folder / "live" / "airflow"
    (home / "config").mkdir(parents=True)
    (home / "airflow.cfg").write_text(SETTINGS)
    (home / "config" / "airflow_local_settings.py").write_text(POLICY)
    with ExitStack() as stack:
        site = stack.enter_context(replica())
        # a pause between two pages, so that a crawl lasts long enough to be struck in its middle
        os.environ |= {"AKHBAR_LOCAL": str(folder), "AKHBAR_DAWN_BASE_URL": site.url, "AKHBAR_DELAY": "0.1"}
        local = stack.enter_context(running("live", free_port()))
        stack.callback(local.postgres.destroy)
        airflow = Airflow(local.url, "admin", local.secrets.admin)
        await_dags(local, airflow, [DAG])
        archive = local.folder / "archive"
        newsroom = AiredNewsroom(local.postgres.url("news"), local.news_url("writer"), archive)
        lab = Lab(local, airflow, newsroom, site, stack)
        learn(lab)
        yield lab


def learn(lab: Lab) -> None:
    """Has each edition read by nobody disturbed, after the run that is due when a DAG is unpaused."""
    lab.airflow.unpause(DAG)
    while not lab.airflow.runs(DAG):
        lab.local.watch()
        time.sleep(0.2)
    for edition in (None, OTHER, EDITION):
        run_id = lab.airflow.trigger(DAG, {"edition": edition}) if edition else lab.airflow.runs(DAG)[0]["dag_run_id"]
        wrong = list(lab.await_end(run_id))
        if edition:
            assert not wrong, wrong
            lab.undisturbed[edition] = lab.newsroom.stories()
            lab.refused[edition] = set(lab.newsroom.beside().rejects)
            lab.seconds = {task["task_id"]: task["duration"] for task in lab.airflow.tasks(DAG, run_id)}
        lab.forget()


def struck(lab: Lab, chance: random.Random, task_id: str, victims: Callable[[Lab, int], list[psutil.Process]]) -> str:
    """Starts a run and kills whoever is meant while a task of it works. Returns the run's id.

    `victims` gets the process of the task. A task that was over before the blow fell is cleared and struck again.
    """
    run_id = lab.airflow.trigger(DAG, {"edition": EDITION})
    while True:
        while (task := lab.task(run_id, task_id))["state"] != "running":
            if task["state"] in FINAL:
                lab.airflow.clear(DAG, run_id, task_id)
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.9) * lab.seconds[task_id])
        with suppress(psutil.NoSuchProcess, TypeError):  # TypeError: the task has no process yet
            found = victims(lab, task["pid"])
            if psutil.Process(task["pid"]).status() != psutil.STATUS_ZOMBIE:
                strike(found)
                return run_id


def its_supervisor(_: Lab, pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid).parent()]


def the_task(_: Lab, pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid)]


def killed(task_id: str, victims: Callable[[Lab, int], list[psutil.Process]]) -> Trial:
    """A process of a task is killed; Airflow sees it by itself and tries the task again."""

    def trial(lab: Lab, chance: random.Random) -> Iterator[str]:
        for _ in range(MOST_BLOWS):
            run_id = struck(lab, chance, task_id, victims)
            yield from lab.await_end(run_id)
            yield from lab.afterwards(EDITION)
            if lab.task(run_id, task_id)["try_number"] > 1:
                return
            lab.forget()  # it had told of its success before the blow fell
        yield f"{task_id} was not tried again"

    return trial


def scheduler_killed(task_id: str) -> Trial:
    """The scheduler and all that it started are killed while a task works, as when a machine loses its power."""

    def trial(lab: Lab, chance: random.Random) -> Iterator[str]:
        run_id = struck(lab, chance, task_id, lambda lab, _: everything(lab.scheduler()))
        lab.local.components["scheduler"].wait()
        yield from orphans(lab.newsroom)
        lab.start_scheduler()
        yield from lab.await_end(run_id)
        yield from lab.afterwards(EDITION)

    return trial


def two_schedulers(lab: Lab, chance: random.Random) -> Iterator[str]:
    """Two schedulers share the work of six runs; every task is run once. Then one of them dies in a seventh."""
    lab.start_scheduler("second scheduler")
    runs = [lab.airflow.trigger(DAG, {"edition": edition}) for edition in (EDITION, OTHER) * 3]
    yield from lab.await_end(*runs)
    tries = {task["try_number"] for run_id in runs for task in lab.airflow.tasks(DAG, run_id)}
    if tries != {1}:
        yield f"tasks were tried {max(tries)} times"
    yield from lab.afterwards(EDITION, OTHER, exactly=True)
    lab.forget()
    run_id = struck(lab, chance, "scrape", lambda lab, _: everything(lab.scheduler()))
    lab.local.components["scheduler"] = lab.local.components.pop("second scheduler")
    yield from lab.await_end(run_id)
    yield from lab.afterwards(EDITION)


def five_at_once(lab: Lab, _: random.Random) -> Iterator[str]:
    """Five people ask for the same edition in the same moment."""
    with ThreadPoolExecutor(5) as people:
        asked = [people.submit(lab.airflow.trigger, DAG, {"edition": EDITION}) for _ in range(5)]
    runs = []
    for each in asked:
        try:
            runs.append(each.result())
        except httpx.HTTPStatusError as error:
            yield f"one of five was answered {error.response.status_code}"
    yield from lab.await_end(*runs)
    yield from lab.afterwards(EDITION, exactly=True)


TRIALS: dict[str, tuple[int, Trial]] = {
    "the same edition triggered five times at once through the REST API": (1, five_at_once),
    "kill -9 of the supervisor of scrape": (3, killed("scrape", its_supervisor)),
    "kill -9 of the supervisor of clean": (2, killed("clean", its_supervisor)),
    "kill -9 of the supervisor of load": (3, killed("load", its_supervisor)),
    "kill -9 of the process of scrape": (2, killed("scrape", the_task)),
    "kill -9 of the process of load": (2, killed("load", the_task)),
    "kill -9 of the scheduler and all that it started, in scrape": (3, scheduler_killed("scrape")),
    "kill -9 of the scheduler and all that it started, in load": (2, scheduler_killed("load")),
    "two schedulers on one database, then one of them killed": (1, two_schedulers),
}
NAMES = list(TRIALS)
