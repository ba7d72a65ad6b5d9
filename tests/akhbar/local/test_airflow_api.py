"""The client for Airflow's REST API, against a server that answers as Airflow does. The demo's tests use a real one."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from akhbar.local.airflow_api import Airflow

DAGS = [{"dag_id": f"paper{number}_latest"} for number in range(150)]


class Server(ThreadingHTTPServer):
    """Answers the calls of the tests and records them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[tuple[str, str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers["Content-Length"] or 0)
        body: Any = json.loads(self.rfile.read(length)) if length else None
        url = urlsplit(self.path)
        parameters = parse_qs(url.query)
        self.server.calls.append((self.command, url.path, body))
        status = 200
        answer: dict[str, Any] = {}
        if url.path == "/auth/token":
            status, answer = (201, {"access_token": "t"}) if body["password"] == "right" else (401, {})
        elif self.headers["Authorization"] != "Bearer t":
            status = 401
        elif url.path == "/api/v2/dags":
            first, most = int(parameters["offset"][0]), int(parameters["limit"][0])
            answer = {"dags": DAGS[first : first + most]}
        elif url.path == "/api/v2/dags/dawn_edition/dagRuns":
            answer = {"dag_run_id": "manual__1"}
        elif url.path.endswith("/taskInstances"):
            started = {"scrape": "2026-01-01T00:00:01Z", "clean": "2026-01-01T00:00:02Z", "load": None}
            tasks = [{"task_id": name, "start_date": started[name]} for name in ("load", "clean", "scrape")]
            answer = {"task_instances": tasks}
        elif "/logs/" in url.path:
            answer = {"content": [{"event": "one"}, "two"]}
        else:
            status = 404
        payload = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield serving
        serving.shutdown()


@pytest.fixture
def airflow(server: Server) -> Airflow:
    return Airflow(server.url, "admin", "right")


def test_a_wrong_password_is_an_error(server: Server) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        Airflow(server.url, "admin", "wrong")


def test_a_list_longer_than_one_response_is_read_to_its_end(airflow: Airflow) -> None:
    assert airflow.newspaper_dags() == [dag["dag_id"] for dag in DAGS]


def test_a_triggered_run_has_its_parameters_and_logical_date(server: Server, airflow: Airflow) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    assert airflow.trigger("dawn_edition", {"edition": "2026-01-02"}, at) == "manual__1"
    assert server.calls[-1] == (
        "POST",
        "/api/v2/dags/dawn_edition/dagRuns",
        {"logical_date": at.isoformat(), "conf": {"edition": "2026-01-02"}},
    )


def test_tasks_come_in_the_order_in_which_they_started(airflow: Airflow) -> None:
    assert [task["task_id"] for task in airflow.tasks("dawn_edition", "r")] == ["scrape", "clean", "load"]


def test_a_log_is_read_line_by_line(airflow: Airflow) -> None:
    assert list(airflow.log("dawn_edition", "r", "scrape", 1)) == ["one", "two"]


def test_a_call_that_airflow_refuses_is_an_error(airflow: Airflow) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        airflow.all_runs()
