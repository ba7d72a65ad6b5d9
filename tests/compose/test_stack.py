"""docker-compose.yml, brought up for real: the demo and celery profiles with three workers, from images to rows.

Run by `make test-compose`; needs a Docker engine with Compose v2 and about ten minutes. One stack for all tests.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest

from pipeline.airflow_api import FINAL, Airflow
from pipeline.postgres import free_port
from pipeline.settings import ROOT
from tests.replica import PAGES

EDITIONS: dict[str, dict[str, Any]] = json.loads((PAGES / "editions.json").read_text())
DELAY = 0.3
"""Seconds between two requests to the replica."""
WORKERS = 3


@dataclass
class Stack:
    """The services of one compose project, and ways to ask them."""

    environment: dict[str, str]
    env_file: Path

    def compose(self, *arguments: str, check: bool = True) -> str:
        command = ["docker", "compose", "--project-name", "akhbar-test", "--env-file", str(self.env_file)]
        command += ["--profile", "demo", "--profile", "celery", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['AIRFLOW_PORT']}"

    def airflow(self) -> Airflow:
        return Airflow(self.url, "admin", self.environment["AIRFLOW_ADMIN_PASSWORD"])

    def connect(self, user: str, password: str) -> "psycopg2.extensions.connection":
        port = self.environment["POSTGRES_PORT"]
        secret = self.environment[password]
        return psycopg2.connect(host="127.0.0.1", port=port, dbname="news", user=user, password=secret)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What a query returns to the superuser, asked on a connection of its own."""
        with closing(self.connect("postgres", "POSTGRES_PASSWORD")) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def stories(self, *days: str) -> dict[str, str]:
        """Stored stories of some editions, and of the editorial box beside them, by number: their kind."""
        ids = [number for day in days for kind in ("articles", "editorials") for number in EDITIONS[day][kind]]
        rows = self.ask("SELECT story_id, kind FROM news.articles UNION ALL SELECT story_id, kind FROM news.editorials")
        assert len(rows) == len(dict(rows)), "a story is stored twice"
        return {number: kind for number, kind in rows if number in ids}

    def run(self, edition: str) -> str:
        return self.airflow().trigger("dawn_edition", {"edition": edition})

    def state(self, run_id: str, dag_id: str = "dawn_edition") -> str:
        return str(next(run["state"] for run in self.airflow().runs(dag_id) if run["dag_run_id"] == run_id))

    def end_of(self, run_id: str, dag_id: str = "dawn_edition") -> str:
        """The state in which a run ends."""
        wait_for(f"the end of {run_id}", lambda: self.state(run_id, dag_id) in FINAL, 300)
        return self.state(run_id, dag_id)

    def task(self, run_id: str, task_id: str) -> dict[str, Any]:
        return next(task for task in self.airflow().tasks("dawn_edition", run_id) if task["task_id"] == task_id)


def wait_for(what: str, is_so: Callable[[], Any], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if is_so():
                return
        except httpx.HTTPError:
            pass  # the API is away for a moment while its database is
        assert time.monotonic() < until, f"{what}: not within {seconds} s"


def expected(day: str) -> dict[str, str]:
    return dict.fromkeys(EDITIONS[day]["articles"], "article") | dict.fromkeys(EDITIONS[day]["editorials"], "editorial")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, built and healthy, and gone without a trace afterwards."""
    env_file = tmp_path_factory.mktemp("compose") / "env"
    subprocess.run(["python3", "deploy/make-env", str(env_file)], cwd=ROOT, check=True, capture_output=True)
    own = {
        "AIRFLOW_PORT": free_port(),
        "POSTGRES_PORT": free_port(),
        "AKHBAR_DELAY": DELAY,
        "TASK_HEARTBEAT_TIMEOUT": 20,
    }
    with env_file.open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in own.items())
    lines = [line.split("=", 1) for line in env_file.read_text().splitlines() if "=" in line and line[0] != "#"]
    stack = Stack(dict(lines), env_file)
    stack.compose("down", "--volumes", "--timeout", "5")  # what a run that was killed left, with passwords of its own
    try:
        stack.compose("up", "--detach", "--build", "--wait", "--wait-timeout", "300", "--scale", f"worker={WORKERS}")
        stack.airflow().unpause("dawn_edition")
        yield stack
    finally:
        print(stack.compose("logs", "--tail", "40", "scheduler", "worker", check=False)[-4000:])
        stack.compose("down", "--volumes", "--timeout", "20", check=False)
        left = subprocess.run(
            ["docker", "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project=akhbar-test"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert left.stdout == "", "containers are left"


def test_nothing_starts_without_its_secrets() -> None:
    command = ["docker", "compose", "--project-name", "akhbar-none", "--env-file", "/dev/null", "config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "run make env" in done.stderr


def test_the_ui_and_the_api_want_a_login(stack: Stack) -> None:
    assert httpx.get(f"{stack.url}/api/v2/dags").status_code == 401
    wrong = httpx.post(f"{stack.url}/auth/token", json={"username": "admin", "password": "admin"})
    assert wrong.status_code in (401, 403)


def test_no_service_runs_as_root(stack: Stack) -> None:
    for service in ("api-server", "scheduler", "dag-processor", "triggerer", "worker", "replica", "redis"):
        assert stack.compose("exec", "-T", service, "id", "-u").strip() != "0", service
    assert stack.compose("exec", "-T", "postgres", "stat", "-c", "%U", "/proc/1").strip() == "postgres"


def test_an_edition_goes_through_several_workers_to_exactly_its_rows(stack: Stack) -> None:
    hosts = set()
    for day in ("2016-01-22", "2025-03-29", "2013-12-23"):
        run = stack.run(day)
        assert stack.end_of(run) == "success"
        assert stack.stories(day) == expected(day)
        hosts |= {stack.task(run, task)["hostname"] for task in ("scrape", "load")}
    assert len(hosts) > 1, "batches went from one worker to another"


def test_the_rate_limit_holds_across_workers(stack: Stack) -> None:
    """An edition and the latest stories at once, on different workers: the replica's own clock tells."""
    latest = stack.airflow().trigger("dawn_latest", {})
    stack.airflow().unpause("dawn_latest")
    edition = stack.run("2026-06-19")
    assert stack.end_of(edition) == "success"
    assert stack.end_of(latest, "dawn_latest") == "success"
    stack.airflow().pause("dawn_latest")
    told = re.findall(r"([0-9.]+) GET (\S+)", stack.compose("logs", "--no-color", "--no-log-prefix", "replica"))
    asked = [float(at) for at, path in told if path != "/robots.txt"]
    assert len(asked) > 100
    # the pause is kept where requests are sent; here they arrive a few hundredths of a second sooner or later
    assert min(later - earlier for earlier, later in pairwise(asked)) > DELAY * 0.8


def test_a_database_that_restarts_in_the_middle_of_a_load_costs_nothing(stack: Stack) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'akhbar_writer'"
    with closing(stack.connect("postgres", "POSTGRES_PASSWORD")) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE news.articles IN SHARE MODE")
        run = stack.run("2025-03-28")
        wait_for("the load at the lock", lambda: stack.ask(waiting) == [(1,)])
        stack.compose("restart", "--timeout", "5", "postgres")
    assert stack.end_of(run) == "success"
    assert stack.task(run, "load")["try_number"] > 1
    assert stack.stories("2025-03-28") == expected("2025-03-28")


def test_a_worker_that_is_killed_in_the_middle_of_a_crawl_loses_nothing(stack: Stack) -> None:
    day = "2016-01-23"  # an edition of rejects only: its check fails, whoever crawls it
    run = stack.run(day)
    wait_for("the crawl", lambda: stack.task(run, "scrape")["state"] == "running")
    host = stack.task(run, "scrape")["hostname"]
    subprocess.run(["docker", "kill", host], check=True, capture_output=True)
    wait_for("the task to be missed", lambda: stack.task(run, "scrape")["state"] == "up_for_retry", 300)
    stack.airflow().clear("dawn_edition", run, "scrape")  # not to wait five minutes
    assert stack.end_of(run) == "failed"
    assert stack.task(run, "scrape")["state"] == "success"
    assert stack.task(run, "scrape")["hostname"] != host
    rejects = stack.ask("SELECT story_id, reasons FROM news.rejects")
    assert dict(rejects) == EDITIONS[day]["rejected"]
