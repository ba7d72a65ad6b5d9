"""Fifty newspapers: how long their DAGs take to parse, and whether a real Airflow runs all of them at once."""

import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from akhbar.newspapers import newspaper
from bench import measure
from bench.report import Figure, Section
from bench.site import ON_DISK
from tests.replica import replica
from tests.second_newspaper import checkout, declaration

NAMES = [f"paper{number}" for number in range(1, 50)]
"""The other newspapers, which copy Dawn."""
MAX_DECLARATIONS = 20
"""Milliseconds that reading the declarations may take."""
MAX_PARSING = 2
"""Seconds that parsing all DAGs may take, without Airflow's own import."""
MAX_RUNS = 1_800
"""Seconds after which the next run of a newspaper's latest stories is due."""
MAX_SILENCE = 30
"""Seconds without a heartbeat after which Airflow calls a scheduler unhealthy."""
ANY_DAG = """
from datetime import datetime
from airflow.sdk import DAG, Asset, CronTriggerTimetable, Param, task

@task(outlets=[Asset("an.asset")])
def step() -> None:
    pass

with DAG("any", schedule=CronTriggerTimetable("0 8 * * *", timezone="Asia/Karachi"), start_date=datetime(2026, 1, 1)):
    step()
"""
"""A DAG that uses what ours use: once it is parsed, Airflow has imported everything that it needs itself."""
PARSE = """
import json, sys, time
from airflow.dag_processing.dagbag import DagBag
ours, other = sys.argv[1:]
sys.path.insert(0, ours)
assert DagBag(other).dags
began = time.perf_counter()
found = DagBag(ours)
assert not found.import_errors, found.import_errors
print(json.dumps([time.perf_counter() - began, len(found.dags)]))
"""
DECLARED = """
import time
from akhbar import newspapers
began = time.perf_counter()
found = newspapers.declared()
print(len(found), (time.perf_counter() - began) * 1000)
"""
ALL_AT_ONCE = """
import json, sys, time
from datetime import UTC, datetime
import httpx
from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.stack import await_dags, running
from akhbar.newspapers import active

with running("live", free_port()) as local:
    airflow = Airflow(local.url, "admin", local.secrets.admin)
    dags = [f"{paper.name}_{mode}" for paper in active() for mode in ("edition", "latest")]
    await_dags(local, airflow, dags)
    for dag in dags:
        airflow.unpause(dag)
    began, silence, runs = time.monotonic(), 0.0, []
    while len(runs) < len(dags) or any(run["state"] not in FINAL for run in runs):
        health = httpx.get(f"{local.url}/api/v2/monitor/health", timeout=30, trust_env=False).json()["scheduler"]
        heartbeat = datetime.fromisoformat(health["latest_scheduler_heartbeat"])
        silence = max(silence, (datetime.now(UTC) - heartbeat).total_seconds())
        if time.monotonic() - began > float(sys.argv[1]):
            break
        local.watch()
        time.sleep(2)
        runs = airflow.all_runs()
    succeeded = sum(run["state"] == "success" for run in runs)
    print(json.dumps([time.monotonic() - began, len(dags), succeeded, silence]))
    local.postgres.destroy()
"""
"""Unpauses all DAGs at once. Prints the seconds until their due runs ended, the DAGs, the successful runs, and the
longest time without a heartbeat of the scheduler."""


def report() -> Section:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        others = {name: declaration(replace(newspaper("dawn"), name=name)) for name in NAMES}
        project = checkout(folder / "project", **others)
        environment = {"PYTHONPATH": str(project), "AKHBAR_NEWSPAPERS": ",".join(["dawn", *NAMES])}
        declarations, reading = declared(project, environment)
        parsing, dags = parse(folder, project, environment)
        seconds, runs, succeeded, silence = run_all(folder, project, environment)
    on_time = succeeded == runs and seconds <= MAX_RUNS
    return Section(
        "Fifty newspapers",
        [
            Figure(
                f"reading the declarations of {declarations} newspapers",
                f"{reading:.0f} ms",
                f"at most {MAX_DECLARATIONS} ms",
                reading <= MAX_DECLARATIONS,
            ),
            Figure(
                f"parsing {dags} DAGs of fifty newspapers, without Airflow's own import",
                f"{parsing:.2f} s",
                f"at most {MAX_PARSING} s",
                parsing <= MAX_PARSING,
            ),
            Figure(
                f"{runs} runs of fifty newspapers, due at the same moment",
                f"{seconds:.0f} s, {'all' if succeeded == runs else succeeded} succeeded",
                f"at most {MAX_RUNS:,} s, all succeed",
                on_time,
            ),
            Figure(
                "longest time without a scheduler heartbeat",
                f"{silence:.0f} s",
                f"at most {MAX_SILENCE} s",
                silence <= MAX_SILENCE,
            ),
        ],
        "A copy of the project with fifty newspapers. Its DAGs are parsed as the DAG processor parses them, after a "
        "DAG of the same parts, so that Airflow's own imports do not count. Then all DAGs are unpaused at the same "
        "moment in a real Airflow with one scheduler and four workers, so that an edition and the latest stories of "
        "each newspaper are due at once, from fifty sites. A run must succeed within half an hour, when the next one "
        "is due; a scheduler without a heartbeat for 30 s counts as unhealthy.",
    )


def declared(project: Path, environment: dict[str, str]) -> tuple[int, float]:
    """How many newspapers are declared, and the milliseconds to read their declarations: the best of five processes."""
    runs = [measure.output([sys.executable, "-c", DECLARED], environment, project).split() for _ in range(5)]
    return int(runs[0][0]), min(float(milliseconds) for _, milliseconds in runs)


def parse(folder: Path, project: Path, environment: dict[str, str]) -> tuple[float, int]:
    """Seconds to parse the DAGs of all newspapers, and how many there are."""
    (folder / "other").mkdir()
    (folder / "other" / "any.py").write_text(ANY_DAG)
    environment = environment | {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "dags"),
    }
    printed = measure.output([sys.executable, "-c", PARSE, project / "dags", folder / "other"], environment, project)
    seconds, dags = json.loads(printed.splitlines()[-1])
    return seconds, dags


def run_all(folder: Path, project: Path, environment: dict[str, str]) -> tuple[float, int, int, float]:
    """What `ALL_AT_ONCE` prints, with a site of its own for each newspaper."""
    with ExitStack() as stack:
        sites = {
            f"AKHBAR_{name}_BASE_URL": stack.enter_context(replica()).url for name in ("DAWN", *map(str.upper, NAMES))
        }
        environment = environment | sites | {"AKHBAR_LOCAL": str(folder / "fifty")}
        printed = measure.output([sys.executable, "-c", ALL_AT_ONCE, str(MAX_RUNS)], environment, project)
    seconds, runs, succeeded, silence = json.loads(printed.splitlines()[-1])
    return seconds, runs, succeeded, silence
