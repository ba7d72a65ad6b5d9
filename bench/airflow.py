"""What Airflow costs: a demo by phase, a DAG run compared with the same work without Airflow, DAG parsing."""

import re
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from akhbar.local.airflow_api import FINAL, Airflow
from akhbar.local.postgres import free_port
from akhbar.local.stack import LocalStack, await_dags, running
from akhbar.settings import ROOT
from bench import measure
from bench.crawl import AKHBAR
from bench.report import Figure, Section, table
from bench.site import ON_DISK

DEMOS, RUNS = 3, 5
DAG, EDITION = "dawn_edition", "2016-01-22"
PHASE = re.compile(r"^  (?P<what>\S.*) … (?P<seconds>[\d.]+) s$", re.MULTILINE)
TOTAL = re.compile(r"Done after (?P<seconds>\d+) s")
PARSE = """
import statistics, sys
from time import perf_counter
from airflow.dag_processing.dagbag import DagBag
sys.path.insert(0, sys.argv[1])  # as the DAG processor does
DagBag(sys.argv[1])  # the DAG processor imports what all DAGs share once, not for each DAG
seconds = []
for _ in range(5):
    began = perf_counter()
    bag = DagBag(sys.argv[1])
    seconds.append(perf_counter() - began)
assert not bag.import_errors, bag.import_errors
print(len(bag.dags), statistics.median(seconds))
"""


def report() -> Section:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        phases = [_demo(folder / f"demo-{number}") for number in range(DEMOS)]
        with _local(folder / "runs") as local:
            inside, outside = _runs(local)
            dags, parse = _parse(local)
    cells = [
        [what, f"{statistics.median(one.get(what, 0.0) for one in phases):.1f}"]
        for what in dict.fromkeys(w for one in phases for w in one)
    ]
    total = statistics.median(one[ALL] for one in phases)
    overhead = statistics.median(inside) - statistics.median(outside)
    return Section(
        "Airflow's share",
        [
            Figure(
                "make demo from an empty folder, including the installation",
                f"{total:.0f} s",
                "under 45 s on an idle machine",
                total < 45,
            ),
            Figure("a DAG run of an edition: overhead over the same work without Airflow", f"{overhead:.1f} s"),
            Figure(f"parsing {dags} DAGs again", f"{1000 * parse:.0f} ms"),
        ],
        f"`make install` and `make demo`, {DEMOS} times from an empty folder with cached packages; seconds by phase. "
        "The demo runs two editions and the one that is due through Airflow, and one of them three more times without "
        "Airflow.\n\n"
        + table(["phase", "seconds"], cells)
        + f"\n\nEdition {EDITION} of the replica, crawled again {RUNS} times in each way, alternating: a DAG run takes "
        f"{statistics.median(inside):.1f} s from start to end, `akhbar run` {statistics.median(outside):.1f} s.",
    )


ALL = "total"


def _demo(folder: Path) -> dict[str, float]:
    """Seconds by phase of a demo in a fresh clone."""
    began = perf_counter()
    measure.output(["git", "clone", "--quiet", ROOT, folder], {})
    make: list[str | Path] = ["make", "--silent", "-C", folder, f"PYTHON={sys.executable}"]
    cloned = perf_counter()
    measure.output([*make, "install"], {})
    installed = perf_counter()
    printed = measure.output([*make, "demo"], {"AKHBAR_LOCAL": str(folder / ".local")})
    ended = perf_counter()
    measure.output([*make, "clean"], {"AKHBAR_LOCAL": str(folder / ".local")})
    phases = {found["what"]: float(found["seconds"]) for found in PHASE.finditer(printed)}
    done = TOTAL.search(printed)
    runs = (float(done["seconds"]) if done else ended - installed) - sum(phases.values())
    return {
        "installation (make install)": installed - cloned,
        **phases,
        "the DAG runs and the output": runs,
        "stopping": ended - installed - sum(phases.values()) - runs,
        ALL: ended - began,
    }


@contextmanager
def _local(folder: Path) -> Iterator[LocalStack]:
    environ["AKHBAR_LOCAL"] = str(folder)
    with running("replica", free_port()) as local:
        yield local


def _runs(local: LocalStack) -> tuple[list[float], list[float]]:
    """Seconds of an edition's DAG runs and of the same work without Airflow, alternating."""
    airflow = Airflow(local.url, "admin", local.secrets.admin)
    await_dags(local, airflow, [DAG])
    airflow.unpause(DAG)
    while not (known := airflow.runs(DAG)) or any(run["state"] not in FINAL for run in known):
        sleep(0.3)  # once unpaused, the DAG starts its latest scheduled run
    inside, outside = [], []
    command = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION, "--recheck"]
    for _ in range(RUNS):
        inside.append(_dag_run(airflow))
        outside.append(measure.command(command, local.environment()).wall)
    return inside, outside


def _dag_run(airflow: Airflow) -> float:
    run_id = airflow.trigger(DAG, {"edition": EDITION, "recheck": True})
    while True:
        run = next(run for run in airflow.runs(DAG) if run["dag_run_id"] == run_id)
        if run["state"] in FINAL:
            if run["state"] != "success":
                raise measure.CommandFailedError(f"{DAG}, run {run_id}: {run['state']}")
            began, ended = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
            return (ended - began).total_seconds()
        sleep(0.2)


def _parse(local: LocalStack) -> tuple[int, float]:
    """The number of DAGs, and the seconds to parse them again."""
    printed = measure.output([sys.executable, "-c", PARSE, ROOT / "dags"], local.environment()).split()
    return int(printed[-2]), float(printed[-1])
