"""The demo: editions of the replica newspaper, through the real DAG, into two tables, and what came of it."""

import logging
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import psycopg2
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.table import Table
from rich.text import Text

from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.stack import Local, LocalError, await_dags, console, phase, running, stop_on_signals
from akhbar.settings import ROOT

DAG = "dawn_edition"
EDITIONS = ("2016-01-22", "2025-03-29")
"""Two of the replica's editions, of two layout eras."""
LOOKS = 3
"""How often the second edition is looked at again: its publisher changes some stories each time."""
LONGEST_RUN = 300
"""Seconds."""


def demo(picture: Path | None = None) -> int:
    """Runs the demo and prints it, and draws what it printed as an SVG. Returns 0 only if every run succeeded."""
    began, started_at = monotonic(), datetime.now(UTC)
    stop_on_signals()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    console.print("akhbar: a replica of the newspaper, Postgres and Airflow, all on 127.0.0.1\n")
    try:
        with running("replica", free_port()) as local:
            airflow = Airflow(local.url, "admin", local.secrets.admin)
            with phase(f"the DAG {DAG}"):
                await_dags(local, airflow, [DAG])
            _give_up_earlier(airflow, started_at)
            runs = {airflow.trigger(DAG, {"edition": edition}): edition for edition in EDITIONS}
            airflow.unpause(DAG)
            states = _watch(local, airflow, runs)
            _show_tasks(airflow, runs)
            for run_id, state in states.items():
                if state != "success":
                    _show_failure(airflow, local, run_id)
            for component in local.components.values():
                component.terminate()  # what follows does without Airflow, which takes seconds to end
            _look_again(local, EDITIONS[-1])
            _show_tables(local)
    except (LocalError, httpx.HTTPError) as error:
        console.print(f"the demo failed: {error}", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("stopped")
        return 130
    if picture:
        plain = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)  # no fonts from elsewhere
        console.save_svg(str(picture), title="make demo", code_format=plain)
    succeeded = all(state == "success" for state in states.values())
    console.print(f"\n{'Done' if succeeded else 'Failed'} after {monotonic() - began:.0f} s; everything is stopped.")
    return 0 if succeeded else 1


def _give_up_earlier(airflow: Airflow, started_at: datetime) -> None:
    """Ends runs that a demo which was stopped left unfinished: ours would wait for their next try."""
    for run in airflow.runs(DAG):
        if run["state"] not in FINAL and datetime.fromisoformat(run["queued_at"]) < started_at:
            airflow.give_up(DAG, run["dag_run_id"])


def _watch(local: Local, airflow: Airflow, runs: dict[str, str]) -> dict[str, str]:
    """Waits until the runs have ended, showing how far they are. Returns their states."""
    until = monotonic() + LONGEST_RUN
    seen: dict[tuple[str, str], str] = {}
    while True:
        states = {run["dag_run_id"]: run["state"] for run in airflow.runs(DAG)}
        for run_id, edition in runs.items():
            for task in airflow.tasks(DAG, run_id):
                key = (edition, task["task_id"])
                if task["state"] != seen.get(key) and task["state"] in ("running", *FINAL, "up_for_retry"):
                    console.print(f"  edition {edition}: {task['task_id']} {task['state']}")
                seen[key] = task["state"]
        # unpaused, the DAG has also begun the run that its schedule asks for: let it end
        if all(state in FINAL for state in states.values()):
            return {run_id: states[run_id] for run_id in runs}
        local.watch()
        if monotonic() > until:
            raise LocalError(f"the runs had not ended after {LONGEST_RUN} s: {states}")
        sleep(0.3)


def _look_again(local: Local, edition: str) -> None:
    """Reads an edition a few times more, by the command line, as a keeper would to see what the publisher changed."""
    command = [sys.executable, "-m", "akhbar.cli", "--quiet", "run", "dawn", "--edition", edition, "--recheck"]
    with phase(f"looking {LOOKS} times more at {edition}: akhbar run dawn --edition {edition} --recheck"):
        for _ in range(LOOKS):
            done = subprocess.run(
                command,
                env=local.environment(),
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=LONGEST_RUN,
                check=False,
            )
            if done.returncode:
                raise LocalError(f"{' '.join(command[2:])} failed: {done.stderr[-1500:]}")


def _show_tasks(airflow: Airflow, runs: dict[str, str]) -> None:
    table = Table(title=f"What {DAG} did", title_justify="left", title_style="bold")
    for column in ("edition", "task", "state", "seconds"):
        table.add_column(column, justify="right" if column == "seconds" else "left")
    for run_id, edition in runs.items():
        for task in airflow.tasks(DAG, run_id):
            table.add_row(edition, task["task_id"], task["state"] or "", f"{task['duration'] or 0:.1f}")
    console.print()
    console.print(table)


def _show_failure(airflow: Airflow, local: Local, run_id: str) -> None:
    for task in airflow.tasks(DAG, run_id):
        if task["state"] == "failed":
            console.print(f"\n{run_id}: {task['task_id']} failed; the end of its log:")
            for line in list(airflow.log(DAG, run_id, task["task_id"], task["try_number"]))[-12:]:
                console.print(f"  {line}", markup=False)
    console.print(f"all logs: {local.folder / 'logs'}")


def _show_tables(local: Local) -> None:
    with closing(psycopg2.connect(local.news_url("reader"))) as connection, connection.cursor() as cursor:
        counts = "SELECT 'articles', count(*) FROM articles UNION ALL SELECT 'editorials', count(*) FROM editorials"
        _show(cursor, "What is in the tables", ("table", "stories"), counts)
        articles = (ROOT / "sql" / "demo" / "articles.sql").read_text()
        _show(cursor, "Five articles", ("edition", "section", "dateline", "title", "by"), articles)
        editorials = (ROOT / "sql" / "demo" / "editorials.sql").read_text()
        _show(cursor, "The editorials", ("edition", "title", "words", "how it begins"), editorials)
        changes = (ROOT / "sql" / "demo" / "changes.sql").read_text()
        _show(
            cursor, "What the publisher changed afterwards", ("story", "change", "what went (-) and came (+)"), changes
        )
    console.print(
        "\nAsk it yourself: [bold]make psql[/bold], and then, for example\n"
        "  SELECT title, snippet FROM search_stories('water or oil -pipeline');\n"
        "Look around in Airflow's UI: [bold]make up SITE=replica[/bold], then open http://127.0.0.1:8080"
    )


def _show(cursor: Any, title: str, columns: tuple[str, ...], query: str) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in ("stories", "words") else "left")
    cursor.execute(query)
    for row in cursor:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console.print()
    console.print(table)
