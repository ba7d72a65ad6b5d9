"""A small client for Airflow's REST API, used by the demo, `akhbar up` and the tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

FINAL = ("success", "failed")


class Airflow:
    """A session with an Airflow server as one user. Every method raises `httpx.HTTPError` if a call fails."""

    def __init__(self, url: str, user: str, password: str) -> None:
        login = httpx.post(
            f"{url}/auth/token", json={"username": user, "password": password}, timeout=30, trust_env=False
        )
        login.raise_for_status()
        self.token: str = login.json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}"}
        self._http = httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=30, trust_env=False)

    def newspaper_dags(self) -> list[str]:
        """Ids of the newspapers' DAGs that Airflow has parsed so far."""
        return [dag["dag_id"] for dag in self._pages("/dags", "dags", tags="newspaper")]

    def unpause(self, dag_id: str) -> None:
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def pause(self, dag_id: str) -> None:
        self._call("PATCH", f"/dags/{dag_id}", json={"is_paused": True})

    def clear(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Clears a task, in any state, so that it runs again."""
        body = {"dag_run_id": run_id, "task_ids": [task_id], "dry_run": False, "only_failed": False}
        self._call("POST", f"/dags/{dag_id}/clearTaskInstances", json=body)

    def trigger(self, dag_id: str, conf: dict[str, Any], logical_date: datetime | None = None) -> str:
        """Triggers a DAG run; its logical date is now by default. Returns the run's id."""
        at = (logical_date or datetime.now(UTC)).isoformat()
        run = self._call("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": at, "conf": conf})
        return str(run["dag_run_id"])

    def mark_failed(self, dag_id: str, run_id: str) -> None:
        """Marks a run as failed, which stops its tasks."""
        self._call("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", json={"state": "failed"})

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The DAG's latest 20 runs, newest first."""
        listed = self._call("GET", f"/dags/{dag_id}/dagRuns", params={"order_by": "-run_after", "limit": 20})
        return list(listed["dag_runs"])

    def all_runs(self) -> list[dict[str, Any]]:
        """The runs of all DAGs."""
        return list(self._pages("/dags/~/dagRuns", "dag_runs", order_by="id"))

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run in the order in which they started."""
        listed = self._call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return sorted(listed, key=lambda task: (task["start_date"] is None, task["start_date"]))

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int) -> Iterator[str]:
        """The lines of a task's log."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}"
        for line in self._call("GET", path)["content"]:
            yield line["event"] if isinstance(line, dict) else str(line)

    def _pages(self, path: str, name: str, **params: str) -> Iterator[dict[str, Any]]:
        """All entries of a list; Airflow returns at most 100 per response."""
        seen = 0
        while entries := self._call("GET", path, params={**params, "limit": 100, "offset": seen})[name]:
            yield from entries
            seen += len(entries)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._http.request(method, path, **arguments)
        response.raise_for_status()
        return response.json()
