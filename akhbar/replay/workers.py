"""The processes that read batches for a replay, and the local folder that they write to."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

from akhbar import settings
from akhbar.archive.batch import Batch


class WorkerError(Exception):
    """A batch was not read, because its worker died or reported an error."""


class Workers:
    """Worker processes (`akhbar.replay.worker`) that exit when this process does. Threads may share them."""

    def __init__(self, number: int) -> None:
        self._processes = [_start() for _ in range(number)]
        self._free: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for process in self._processes:
            self._free.put(process)

    def read(self, batch: Batch, folder: Path) -> dict[str, Any]:
        """Lets a free worker read a batch into a folder. Returns the batch's counts. Raises `WorkerError`."""
        process = self._free.get()
        try:
            print(json.dumps({"batch": str(batch.path), "folder": str(folder)}), file=process.stdin, flush=True)
            line = next(iter(process.stdout or ()), "")
        except OSError:
            line = ""
        if not line:
            self._replace(process)
            raise WorkerError(f"{batch.path}: the process that read it died; its error output is above")
        self._free.put(process)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer

    def _replace(self, dead: "subprocess.Popen[str]") -> None:
        """Starts another worker in place of a dead one."""
        dead.kill()
        dead.communicate()
        self._processes.remove(dead)
        self._processes.append(_start())
        self._free.put(self._processes[-1])

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()


def _start() -> subprocess.Popen[str]:
    """Starts a worker, which exits when its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-m", "akhbar.replay.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=settings.spider_environment(),
        cwd=settings.ROOT,
        start_new_session=True,  # Ctrl-C reaches only this process, which then stops the workers
    )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A local folder for the duration of a block. Removes the folders of killed replays first.

    A running replay, of any newspaper and into any database, holds a lock on its folder; a dead one does not.
    """
    place = settings.workspace()
    with ExitStack() as stack:
        with (place / "replays.lock").open("w") as creation:  # a new folder is not locked yet
            fcntl.flock(creation, fcntl.LOCK_EX)
            for folder in place.glob("replay-*"):
                if not _is_locked(folder):
                    shutil.rmtree(folder, ignore_errors=True)
            folder = Path(stack.enter_context(TemporaryDirectory(dir=place, prefix="replay-")))
            lock = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _is_locked(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # its replay has just removed it
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
