"""Fifty newspapers: a copy of the project with as many spiders, whose DAGs are read, and run by a real Airflow."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree

from akhbar.settings import ROOT
from tests.replica import replica
from torture.report import Row

NEWSPAPERS = 50
PARSING = 2.0
"""Seconds that all DAGs may take to be read, beyond Airflow's own import."""
HALF_AN_HOUR = 1_800
"""Seconds between two runs of a newspaper's latest stories: what is due must be done in that time."""
SILENCE = 30
"""Seconds after which Airflow itself calls a scheduler that shows no sign of life unhealthy."""
READ, RUN = "fifty newspapers", "fifty newspapers in a running Airflow"
NAMES = [READ, RUN]

PARSE = """
import json, sys, time
from pathlib import Path
from airflow.dag_processing.dagbag import DagBag
folder, usual = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(folder))
assert DagBag(usual).dags
began = time.perf_counter()
found = DagBag(folder)
print(json.dumps([time.perf_counter() - began, len(found.dags), list(found.import_errors.values())]))
"""
USUAL = """
from datetime import datetime
from airflow.sdk import DAG, Asset, CronTriggerTimetable, Param, task

@task(outlets=[Asset("an.asset")])
def step() -> None:
    pass

with DAG("usual", schedule=CronTriggerTimetable("0 8 * * *", timezone="Asia/Karachi"), start_date=datetime(2026, 1, 1)):
    step()
"""
"""A DAG of what ours are made of: once it is read, Airflow has imported all that it needs itself."""

ALL_AT_ONCE = """
import json, sys, time
from datetime import UTC, datetime
import httpx
from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.stack import await_dags, running
from akhbar.newspapers import declared
from akhbar.local.postgres import free_port

with running("live", free_port()) as local:
    airflow = Airflow(local.url, "admin", local.secrets.admin)
    dags = [f"{paper.name}_{mode}" for paper in declared() for mode in ("edition", "latest")]
    await_dags(local, airflow, dags)
    for dag in dags:
        airflow.unpause(dag)
    began, silence, runs = time.monotonic(), 0.0, []
    while len(runs) < len(dags) or any(run["state"] not in FINAL for run in runs):
        health = httpx.get(f"{local.url}/api/v2/monitor/health", timeout=30, trust_env=False).json()["scheduler"]
        sign = datetime.fromisoformat(health["latest_scheduler_heartbeat"])
        silence = max(silence, (datetime.now(UTC) - sign).total_seconds())
        if time.monotonic() - began > float(sys.argv[1]):
            break
        local.watch()
        time.sleep(2)
        runs = airflow.all_runs()
    states = {state: sum(run["state"] == state for run in runs) for state in sorted({run["state"] for run in runs})}
    print(json.dumps([time.monotonic() - began, len(dags), states, silence]))
    local.postgres.destroy()
"""
"""Runs all DAGs at once, those that are due as soon as they may. Prints seconds, DAGs, runs by state, and for how long
the scheduler was silent at most."""


def torture(folder: Path, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    if READ in wanted:
        yield parsing(folder, seed)
    if RUN in wanted:
        yield all_at_once(folder, seed)


def copied(folder: Path) -> tuple[Path, dict[str, str]]:
    """A copy of the project with spiders for all of them, and an environment to work in it."""
    copy = folder / "project"
    for name in ("dags", "pipeline", "plugins", "spiders", "sql"):
        copytree(ROOT / name, copy / name, dirs_exist_ok=True)
    spider = (ROOT / "spiders" / "dawn.py").read_text()
    for at in range(1, NEWSPAPERS):
        other = spider.replace('name = "dawn"', f'name = "paper{at}"').replace("DawnSpider", f"Paper{at}Spider")
        (copy / "spiders" / f"paper{at}.py").write_text(other)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKHBAR_", "AIRFLOW_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return copy, kept | {"PYTHONPATH": str(copy)}


def parsing(folder: Path, seed: int) -> Row:
    """Reads the DAGs of all newspapers."""
    copy, environment = copied(folder)
    environment |= {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(copy / "dags"),
    }
    (folder / "usual").mkdir()
    (folder / "usual" / "usual.py").write_text(USUAL)
    command = [sys.executable, "-c", PARSE, str(copy / "dags"), str(folder / "usual")]
    done = subprocess.run(command, env=environment, cwd=copy, capture_output=True, text=True, check=True)
    seconds, dags, errors = json.loads(done.stdout.splitlines()[-1])
    lost = [f"{seconds:.1f} s"] if seconds > PARSING else []
    lost += [f"only {dags} DAGs"] if dags < 2 * NEWSPAPERS else []
    lost += errors[:1]
    seen = f"{dags} DAGs read in {seconds:.2f} s beyond Airflow's own import"
    return Row(READ, 1, seconds, seen, "; ".join(lost), seed)


def all_at_once(folder: Path, seed: int) -> Row:
    """Unpauses all DAGs in one moment, so that a run of each is due, every newspaper with a site of its own."""
    copy, environment = copied(folder)
    with ExitStack() as stack:
        for name in ("DAWN", *(f"PAPER{at}" for at in range(1, NEWSPAPERS))):
            environment[f"AKHBAR_{name}_BASE_URL"] = stack.enter_context(replica()).url
        environment["AKHBAR_LOCAL"] = str(folder / "fifty")
        command = [sys.executable, "-c", ALL_AT_ONCE, str(HALF_AN_HOUR)]
        done = subprocess.run(command, env=environment, cwd=copy, capture_output=True, text=True, check=False)
    if done.returncode:
        return Row(RUN, 1, 0.0, "", f"it ended with {done.returncode}: {(done.stderr or done.stdout)[-800:]}", seed)
    seconds, dags, states, silence = json.loads(done.stdout.splitlines()[-1])
    lost = [] if states == {"success": dags} else [f"of {dags} runs: {states}"]
    lost += [f"the scheduler was silent for {silence:.0f} s"] if silence > SILENCE else []
    seen = (
        f"{dags} runs of four tasks that were due in the same moment, done in {seconds:.0f} s; "
        f"the scheduler was silent for {silence:.0f} s at most"
    )
    return Row(RUN, 1, seconds, seen, "; ".join(lost), seed)
