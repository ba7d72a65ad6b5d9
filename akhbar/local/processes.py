"""Programs that run for the length of a block and leave nobody behind, however the block ends.

A program is ended with all its descendants, since Airflow's tasks and their crawls are in process groups of their own.
What is under way is noted in a folder: if we are killed ourselves, whoever comes next ends it by these notes.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from akhbar.settings import ROOT

PATIENCE = 15
"""Seconds that a program and its descendants have to end by themselves before they are killed."""


@contextmanager
def process(
    name: str, command: list[str], environment: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program in the checkout: its output is added to `<folder>/logs/<name>.log`, its note is in `running/`."""
    log = folder / "logs" / f"{name}.log"
    note = folder / "running" / name
    for each in (log, note):
        each.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C is for us; we then end them in order
        )
    try:
        note.write_text(f"{started.pid} {psutil.Process(started.pid).create_time()}")
        yield started
    finally:
        end_noted(note)
        started.wait()


def end_leftovers(folder: Path) -> None:
    """Ends all programs that a folder has notes of, at once, and removes the notes."""
    end_noted(*(folder / "running").glob("*"))


def end_noted(*notes: Path) -> None:
    """Ends the programs that notes speak of, if they still run, and removes the notes."""
    programs = []
    for note in notes:
        with suppress(psutil.NoSuchProcess, FileNotFoundError, ValueError):
            pid, created = note.read_text().split()
            found = psutil.Process(int(pid))
            if found.create_time() == float(created):  # else its number went to another program
                programs += [found, *found.children(recursive=True)]
    _end(programs)
    for note in notes:
        note.unlink(missing_ok=True)


def _end(programs: list[psutil.Process]) -> None:
    for program in programs:
        with suppress(psutil.NoSuchProcess):
            program.terminate()
    _, left = psutil.wait_procs(programs, timeout=PATIENCE)
    for program in left:
        with suppress(psutil.NoSuchProcess):
            program.kill()
    psutil.wait_procs(left)
