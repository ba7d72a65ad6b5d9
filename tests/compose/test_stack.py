"""docker-compose.yml, started with its profiles demo, celery and flower and three workers.

Run by `make test-compose`; needs a Docker engine with Compose v2 and about ten minutes. All tests share one stack.
"""

import json
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
from upath import UPath

from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.settings import ROOT
from tests.conftest import bucket
from tests.replica import PAGES

EDITIONS: dict[str, dict[str, Any]] = json.loads((PAGES / "editions.json").read_text())
DELAY = 0.3
"""Seconds between two requests to the replica."""
WORKERS = 3


@dataclass
class Stack:
    """The services of one compose project."""

    environment: dict[str, str]
    env_file: Path

    def command(self, *arguments: str) -> list[str]:
        command = ["docker", "compose", "--project-name", "akhbar-test", "--env-file", str(self.env_file)]
        return [*command, "--profile", "demo", "--profile", "celery", "--profile", "flower", *arguments]

    def compose(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(self.command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)
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
        """What a query returns to the superuser, on a new connection."""
        with closing(self.connect("postgres", "POSTGRES_PASSWORD")) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def stories(self, *days: str) -> dict[str, str]:
        """The kind of each stored story, by id, of some editions and of the editorials in their sidebar."""
        ids = [number for day in days for kind in ("articles", "editorials") for number in EDITIONS[day][kind]]
        rows = self.ask("SELECT story_id, kind FROM news.articles UNION ALL SELECT story_id, kind FROM news.editorials")
        assert len(rows) == len(dict(rows)), "a story is stored twice"
        return {number: kind for number, kind in rows if number in ids}

    def run(self, edition: str) -> str:
        return self.airflow().trigger("dawn_edition", {"edition": edition})

    def state(self, run_id: str, dag_id: str = "dawn_edition") -> str:
        return str(next(run["state"] for run in self.airflow().runs(dag_id) if run["dag_run_id"] == run_id))

    def end_of(self, run_id: str, dag_id: str = "dawn_edition") -> str:
        """The state that a run ends in."""
        wait_for(f"the end of {run_id}", lambda: self.state(run_id, dag_id) in FINAL, 300)
        return self.state(run_id, dag_id)

    def asked(self) -> list[tuple[float, str]]:
        """The replica's requests other than robots.txt: the time in seconds, by its own clock, and the client."""
        told = self.compose("logs", "--no-color", "--no-log-prefix", "replica")
        requests = re.findall(r"([0-9.]+) (\S+) GET (\S+)", told)
        return [(float(at), who) for at, who, path in requests if path != "/robots.txt"]

    def celery(self, order: str, host: str) -> None:
        """Tells a worker, by its host name, to start or stop taking tasks from the queue."""
        app = "airflow.providers.celery.executors.celery_executor.app"
        self.compose(
            "exec",
            "-T",
            "worker",
            "celery",
            "--app",
            app,
            "control",
            "--destination",
            f"celery@{host}",
            order,
            "default",
        )

    def task(self, run_id: str, task_id: str) -> dict[str, Any]:
        return next(task for task in self.airflow().tasks("dawn_edition", run_id) if task["task_id"] == task_id)


def wait_for(what: str, is_so: Callable[[], Any], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if is_so():
                return
        except httpx.HTTPError:
            pass  # the API is briefly unavailable while its database is
        assert time.monotonic() < until, f"{what}: not within {seconds} s"


def expected(day: str) -> dict[str, str]:
    return dict.fromkeys(EDITIONS[day]["articles"], "article") | dict.fromkeys(EDITIONS[day]["editorials"], "editorial")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack, built and healthy; removed completely afterwards."""
    env_file = tmp_path_factory.mktemp("compose") / "env"
    subprocess.run(["python3", "deploy/make-env", str(env_file)], cwd=ROOT, check=True, capture_output=True)
    own = {
        "AIRFLOW_PORT": free_port(),
        "FLOWER_PORT": free_port(),
        "POSTGRES_PORT": free_port(),
        "AKHBAR_DELAY": DELAY,
        "TASK_HEARTBEAT_TIMEOUT": 20,
    }
    with env_file.open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in own.items())
    lines = [line.split("=", 1) for line in env_file.read_text().splitlines() if "=" in line and line[0] != "#"]
    stack = Stack(dict(lines), env_file)
    stack.compose("down", "--volumes", "--timeout", "5")  # a killed run may have left one
    try:
        stack.compose("up", "--detach", "--build", "--wait", "--wait-timeout", "600", "--scale", f"worker={WORKERS}")
        stack.airflow().unpause("dawn_edition")
        yield stack
    finally:
        print(stack.compose("logs", "--tail", "40", "scheduler", "worker", check=False)[-4000:])
        stack.compose("down", "--volumes", "--timeout", "20", check=False)
        left = subprocess.run(
            ["docker", "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project=akhbar-test"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert left.stdout == "", "containers remain"


def test_nothing_starts_without_its_secrets() -> None:
    command = ["docker", "compose", "--project-name", "akhbar-none", "--env-file", "/dev/null", "config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "run make env" in done.stderr


def test_the_ui_and_the_api_require_a_login(stack: Stack) -> None:
    assert httpx.get(f"{stack.url}/api/v2/dags").status_code == 401
    wrong = httpx.post(f"{stack.url}/auth/token", json={"username": "admin", "password": "admin"})
    assert wrong.status_code in (401, 403)


def test_the_newsroom_page_requires_a_login(stack: Stack) -> None:
    page = f"{stack.url}/newsroom/"
    assert httpx.get(page).status_code == 401
    token = httpx.post(
        f"{stack.url}/auth/token", json={"username": "admin", "password": stack.environment["AIRFLOW_ADMIN_PASSWORD"]}
    ).json()["access_token"]
    shown = httpx.get(page, headers={"Authorization": f"Bearer {token}"}, follow_redirects=True)
    assert shown.status_code == 200
    assert "Dawn" in shown.text


def test_no_service_runs_as_root(stack: Stack) -> None:
    for service in ("api-server", "scheduler", "dag-processor", "triggerer", "worker", "replica", "redis"):
        assert stack.compose("exec", "-T", service, "id", "-u").strip() != "0", service
    assert stack.compose("exec", "-T", "postgres", "stat", "-c", "%U", "/proc/1").strip() == "postgres"


def test_no_process_list_shows_a_secret(stack: Stack) -> None:
    shown = stack.compose("top")
    assert "redis-server" in shown
    secrets = {name: value for name, value in stack.environment.items() if "PASSWORD" in name or "SECRET" in name}
    assert len(secrets) >= 9
    assert [name for name, value in secrets.items() if value in shown] == []


def test_flower_requires_a_login(stack: Stack) -> None:
    url = f"http://127.0.0.1:{stack.environment['FLOWER_PORT']}"
    assert httpx.get(f"{url}/").status_code == 401
    login = ("admin", stack.environment["AIRFLOW_ADMIN_PASSWORD"])
    wait_for("the workers", lambda: len(httpx.get(f"{url}/workers?json=1", auth=login).json()["data"]) == WORKERS)


def test_an_edition_is_stored_as_exactly_its_rows(stack: Stack) -> None:
    for day in ("2016-01-22", "2013-12-23"):
        run = stack.run(day)
        assert stack.end_of(run) == "success"
        assert stack.stories(day) == expected(day)


def test_a_batch_can_be_loaded_on_another_worker_than_the_one_that_scraped_it(stack: Stack) -> None:
    run = stack.run("2025-03-29")
    wait_for("the crawl", lambda: stack.task(run, "scrape")["state"] == "running")
    scraping = stack.task(run, "scrape")["hostname"]
    stack.celery("cancel_consumer", scraping)  # it finishes its current task and takes no more
    assert stack.end_of(run) == "success"
    stack.celery("add_consumer", scraping)
    assert scraping not in {stack.task(run, task)["hostname"] for task in ("clean", "load", "check")}
    assert stack.stories("2025-03-29") == expected("2025-03-29")


def test_three_workers_together_send_requests_no_faster_than_one(stack: Stack) -> None:
    before = len(stack.asked())
    database = (
        f"AKHBAR_DATABASE_URL=postgresql://akhbar_writer:{stack.environment['NEWS_WRITER_PASSWORD']}@postgres/news"
    )
    settings = [database, "AKHBAR_DAWN_BASE_URL=http://replica:9000", "AKHBAR_CONTACT=test"]
    given = [argument for setting in settings for argument in ("--env", setting)]
    crawls = [
        subprocess.Popen(
            stack.command(
                "exec", "-T", "--index", str(worker), *given, "worker",
                "akhbar", "scrape", "dawn", "--edition", "2013-12-23", "--recheck",
            ),
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for worker in range(1, WORKERS + 1)
    ]  # fmt: skip
    assert [crawl.wait(180) for crawl in crawls] == [0] * WORKERS
    requests = stack.asked()[before:]
    by_worker = Counter(who for _, who in requests)
    assert len(by_worker) == WORKERS
    assert len(set(by_worker.values())) == 1, "each crawl fetched the whole edition"
    assert least_pause(requests) > DELAY * 0.9


def test_the_edition_and_the_latest_stories_keep_the_rate_limit_together(stack: Stack) -> None:
    before = len(stack.asked())
    latest = stack.airflow().trigger("dawn_latest", {})
    stack.airflow().unpause("dawn_latest")
    edition = stack.run("2026-06-19")
    assert stack.end_of(edition) == "success"
    assert stack.end_of(latest, "dawn_latest") == "success"
    stack.airflow().pause("dawn_latest")
    requests = stack.asked()[before:]
    assert len(requests) > 40
    assert least_pause(requests) > DELAY * 0.9


def least_pause(requests: list[tuple[float, str]]) -> float:
    """The smallest mean of nine consecutive pauses between requests, in seconds.

    The crawl keeps the pause when it sends a request; on a busy machine one request may arrive some tenths of a second
    late and the next on time. Two crawls at once would halve the mean.
    """
    return min((last - first) / 9 for (first, _), (last, _) in zip(requests, requests[9:], strict=False))


def test_a_database_restart_during_a_load_loses_nothing(stack: Stack) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'akhbar_writer'"
    with closing(stack.connect("postgres", "POSTGRES_PASSWORD")) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE news.articles IN SHARE MODE")
        run = stack.run("2025-03-28")
        wait_for("the load at the lock", lambda: stack.ask(waiting) == [(1,)])
        stack.compose("restart", "--timeout", "5", "postgres")
    assert stack.end_of(run) == "success"
    assert stack.task(run, "load")["try_number"] > 1
    assert stack.stories("2025-03-28") == expected("2025-03-28")


def test_a_worker_killed_during_a_crawl_loses_nothing(stack: Stack) -> None:
    day = "2016-01-23"  # an edition with rejects only: its check always fails
    run = stack.run(day)
    wait_for("the crawl", lambda: stack.task(run, "scrape")["state"] == "running")
    host = stack.task(run, "scrape")["hostname"]
    subprocess.run(["docker", "kill", host], check=True, capture_output=True)
    wait_for("the task to be missed", lambda: stack.task(run, "scrape")["state"] == "up_for_retry", 300)
    stack.airflow().clear("dawn_edition", run, "scrape")  # instead of waiting five minutes for the retry
    assert stack.end_of(run) == "failed"
    assert stack.task(run, "scrape")["state"] == "success"
    assert stack.task(run, "scrape")["hostname"] != host
    rejects = stack.ask("SELECT story_id, reasons FROM news.rejects")
    assert dict(rejects) == EDITIONS[day]["rejected"]


def test_an_edition_passes_from_worker_to_worker_through_a_bucket(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = ["docker", "network", "inspect", "akhbar-test_default", "--format", "{{(index .IPAM.Config 0).Gateway}}"]
    here = subprocess.run(network, capture_output=True, text=True, check=True).stdout.strip()
    with bucket(here) as archive:
        monkeypatch.setenv("AKHBAR_ARCHIVE", archive)  # takes precedence over the .env file
        stack.compose("up", "--detach", "--wait", "--no-deps", "--scale", "worker=2", "worker")
        run = stack.airflow().trigger("dawn_edition", {"edition": "2016-01-22", "recheck": True})
        assert stack.end_of(run) == "success"
        [(batch, outcome)] = stack.ask("SELECT batch, outcome FROM news.runs ORDER BY id DESC LIMIT 1")
        assert outcome == "complete"
        assert {"manifest.json", "pages.warc.gz", "clean.jsonl"} <= {
            file.name for file in UPath(archive, batch).iterdir()
        }
