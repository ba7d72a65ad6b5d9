"""`akhbar demo`: runs the real DAG on editions of the replica newspaper and prints the resulting tables."""

import logging
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.cells import cell_len
from rich.table import Table

from akhbar.database.connection import connect
from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.stack import LocalError, LocalStack, await_dags, console, phase, running
from akhbar.settings import ROOT
from akhbar.signals import stop_on_signals
from akhbar.terminal import terminal_text

DAG = "dawn_edition"
OTHERS = ("dawnnews_latest", "guardian_latest")
"""The latest stories of two other newspapers: one in Urdu, and one that the general reader reads."""
EDITIONS = ("2016-01-22", "2025-03-29")
"""Two of the replica's editions, from different layout eras."""
RECHECKS = 3
"""How many times the second edition is fetched again; the replica changes some of its stories each time."""
TIMEOUT = 300
"""Seconds within which the DAG's runs, or one command, must end."""


def demo(picture: Path | None = None) -> int:
    """Runs the demo and prints its results; with `picture`, also saves the output as an SVG.

    Returns the exit status, 0 only if every run succeeded.
    """
    began, started_at = monotonic(), datetime.now(UTC)
    stop_on_signals()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    console.print("Akhbar demo: a replica of the newspaper, Postgres and Airflow, all on 127.0.0.1\n")
    try:
        with running("replica", free_port()) as local:
            airflow = Airflow(local.url, "admin", local.secrets.admin)
            with phase("Waiting for the DAGs"):
                await_dags(local, airflow, [DAG, *OTHERS])
            _fail_earlier_runs(airflow, started_at)
            runs = {airflow.trigger(DAG, {"edition": edition}): edition for edition in EDITIONS}
            for dag_id in (DAG, *OTHERS):
                airflow.unpause(dag_id)  # which starts its latest scheduled run
            states = _wait_for_runs(local, airflow, runs)
            with phase(f"Waiting for {' and '.join(OTHERS)}"):
                states |= _wait_for_others(local, airflow)
            _show_tasks(airflow, runs)
            for (dag_id, run_id), state in states.items():
                if state != "success":
                    _show_failure(airflow, local, dag_id, run_id)
            for component in local.components.values():
                component.terminate()  # no longer needed, and takes seconds to stop
            _recheck(local, EDITIONS[-1])
            _show_tables(local)
    except (LocalError, httpx.HTTPError) as error:
        console.print(f"the demo failed: {error}", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("stopped")
        return 130
    if picture:
        plain = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)  # no web fonts
        picture.write_text(_in_cells(console.export_svg(title="make demo", code_format=plain)), encoding="utf-8")
    succeeded = all(state == "success" for state in states.values())
    console.print(f"\n{'Done' if succeeded else 'Failed'} after {monotonic() - began:.0f} s; everything is stopped.")
    return 0 if succeeded else 1


def _in_cells(svg: str) -> str:
    """An SVG by Rich in which each text is as wide as its cells. Rich takes every character for a cell, also the
    isolates around right-to-left text, which would then overlap the next column."""

    def resized(found: re.Match[str]) -> str:
        text = unescape(found["text"])
        width = float(found["width"]) * cell_len(text) / len(text)
        return f'textLength="{width:g}"{found["between"]}{found["text"]}</text>'

    return re.sub(r'textLength="(?P<width>[\d.]+)"(?P<between>[^>]*>)(?P<text>[^<]+)</text>', resized, svg)


def _fail_earlier_runs(airflow: Airflow, started_at: datetime) -> None:
    """Fails runs that an interrupted demo left unfinished; otherwise the new runs would wait for their retries."""
    for dag_id in (DAG, *OTHERS):
        for run in airflow.runs(dag_id):
            if run["state"] not in FINAL and datetime.fromisoformat(run["queued_at"]) < started_at:
                airflow.mark_failed(dag_id, run["dag_run_id"])


RunKey = tuple[str, str]
"""The ids of a DAG and of one of its runs."""


def _wait_for_runs(local: LocalStack, airflow: Airflow, runs: dict[str, str]) -> dict[RunKey, str]:
    """Prints the progress of runs, given as run id to edition, until they have ended. Returns their states."""
    shown: dict[tuple[str, str], str] = {}

    def ended() -> dict[RunKey, str] | None:
        states = {run["dag_run_id"]: run["state"] for run in airflow.runs(DAG)}
        for run_id, edition in runs.items():
            for task in airflow.tasks(DAG, run_id):
                key = (edition, task["task_id"])
                if task["state"] != shown.get(key) and task["state"] in ("running", *FINAL, "up_for_retry"):
                    console.print(f"  edition {edition}: {task['task_id']} {task['state']}")
                shown[key] = task["state"]
        # Unpausing the DAG has also started its latest scheduled run: wait for that too.
        if all(state in FINAL for state in states.values()):
            return {(DAG, run_id): states[run_id] for run_id in runs}
        return None

    return _await_end(local, DAG, ended)


def _wait_for_others(local: LocalStack, airflow: Airflow) -> dict[RunKey, str]:
    """Waits until the runs of the other newspapers have ended. Returns the states of their newest runs."""

    def ended() -> dict[RunKey, str] | None:
        newest = {dag_id: next(iter(airflow.runs(dag_id)), None) for dag_id in OTHERS}
        states = {(dag_id, run["dag_run_id"]): run["state"] for dag_id, run in newest.items() if run}
        return states if len(states) == len(OTHERS) and all(state in FINAL for state in states.values()) else None

    return _await_end(local, ", ".join(OTHERS), ended)


def _await_end(local: LocalStack, dags: str, ended: Callable[[], dict[RunKey, str] | None]) -> dict[RunKey, str]:
    """Waits until `ended` returns the states of the runs. Raises `LocalError` if Airflow exits or the time is up."""
    deadline = monotonic() + TIMEOUT
    while (states := ended()) is None:
        local.watch()
        if monotonic() > deadline:
            raise LocalError(f"the runs of {dags} did not end within {TIMEOUT} s")
        sleep(0.3)
    return states


def _recheck(local: LocalStack, edition: str) -> None:
    """Fetches an edition again with the command line, as an operator would to see what the publisher changed."""
    command = [sys.executable, "-m", "akhbar.cli", "--quiet", "run", "dawn", "--edition", edition, "--recheck"]
    with phase(f"Rechecking {edition} {RECHECKS} times: akhbar run dawn --edition {edition} --recheck"):
        for _ in range(RECHECKS):
            done = subprocess.run(
                command,
                env=local.environment(),
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
            if done.returncode:
                raise LocalError(f"{' '.join(command[2:])} failed: {done.stderr[-1500:]}")


def _show_tasks(airflow: Airflow, runs: dict[str, str]) -> None:
    table = Table(title=f"Tasks of {DAG}", title_justify="left", title_style="bold")
    for column in ("edition", "task", "state", "seconds"):
        table.add_column(column, justify="right" if column == "seconds" else "left")
    for run_id, edition in runs.items():
        for task in airflow.tasks(DAG, run_id):
            table.add_row(edition, task["task_id"], task["state"] or "", f"{task['duration'] or 0:.1f}")
    console.print()
    console.print(table)


def _show_failure(airflow: Airflow, local: LocalStack, dag_id: str, run_id: str) -> None:
    for task in airflow.tasks(dag_id, run_id):
        if task["state"] == "failed":
            console.print(f"\n{dag_id} {run_id}: {task['task_id']} failed; the end of its log:")
            for line in list(airflow.log(dag_id, run_id, task["task_id"], task["try_number"]))[-12:]:
                console.print(f"  {line}", markup=False)
    console.print(f"all logs: {local.folder / 'logs'}")


def _show_tables(local: LocalStack) -> None:
    with closing(connect(local.news_url("reader"))) as connection, connection.cursor() as cursor:
        newspapers = (ROOT / "sql" / "demo" / "newspapers.sql").read_text()
        _show(cursor, "Stories in the tables", ("newspaper", "language", "articles", "editorials"), newspapers)
        articles = (ROOT / "sql" / "demo" / "articles.sql").read_text()
        _show(cursor, "Some articles", ("source", "day", "section", "dateline", "title", "first author"), articles)
        editorials = (ROOT / "sql" / "demo" / "editorials.sql").read_text()
        _show(cursor, "The editorials", ("source", "day", "title", "words", "opening"), editorials)
        changes = (ROOT / "sql" / "demo" / "changes.sql").read_text()
        _show(cursor, "Changes by the publisher", ("story", "revision", "removed (-) and added (+) lines"), changes)
    console.print(
        "\nQuery the tables with [bold]make psql[/bold], for example:\n"
        "  SELECT title, snippet FROM search_stories('water or oil -pipeline');\n"
        "To see Airflow's UI, run [bold]make up SITE=replica[/bold] and open http://127.0.0.1:8080"
    )


def _show(cursor: Any, title: str, columns: tuple[str, ...], query: str) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in ("articles", "editorials", "words") else "left")
    cursor.execute(query)
    for row in cursor:
        table.add_row(*(terminal_text("" if value is None else str(value)) for value in row))
    console.print()
    console.print(table)
