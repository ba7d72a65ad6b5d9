"""Child processes that run for the duration of a block and are stopped however the block ends.

A process is stopped together with all its descendants, because Airflow's tasks and their crawls have their own process
groups. Each process has a PID file: if this program is killed, the next one finds and stops the leftovers.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from akhbar.settings import ROOT

STOP_TIMEOUT = 15
"""Seconds after SIGTERM before processes that are still running are killed."""


@contextmanager
def process(
    name: str, command: list[str], environment: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a command in the checkout, with its output appended to `<folder>/logs/<name>.log`.

    Its PID file is `<folder>/running/<name>`.
    """
    log = folder / "logs" / f"{name}.log"
    pid_file = folder / "running" / name
    for file in (log, pid_file):
        file.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C reaches only this program, which then stops the others one by one
        )
    try:
        pid_file.write_text(f"{started.pid} {psutil.Process(started.pid).create_time()}")
        yield started
    finally:
        _stop(pid_file)
        started.wait()


def stop_all(folder: Path) -> None:
    """Stops every process that has a PID file in a folder, all at the same time, and removes the files."""
    _stop(*(folder / "running").glob("*"))


def _stop(*pid_files: Path) -> None:
    processes = []
    for pid_file in pid_files:
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ValueError):
            pid, created = pid_file.read_text().split()
            found = psutil.Process(int(pid))
            if found.create_time() == float(created):  # otherwise another process has reused the PID
                processes += [found, *found.children(recursive=True)]
    _terminate(processes)
    for pid_file in pid_files:
        pid_file.unlink(missing_ok=True)


def _terminate(processes: list[psutil.Process]) -> None:
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            each.terminate()
    _, alive = psutil.wait_procs(processes, timeout=STOP_TIMEOUT)
    for each in alive:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(alive)
