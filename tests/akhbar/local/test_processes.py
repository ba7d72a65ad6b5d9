"""Child processes: stopped with their descendants however their block ends, and by the next program after a kill."""

import os
import subprocess
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.local import processes
from akhbar.local.processes import process, stop_all

PARENT = """
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
child.wait()
"""
STUBBORN = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""
KILLED = """
import os, sys
from pathlib import Path
from akhbar.local.processes import process
with process("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], dict(os.environ), Path(sys.argv[1])):
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe: reading it waits until a process has written its PID."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_process_is_stopped_with_its_descendants_when_its_block_raises(pipe: Path, tmp_path: Path) -> None:
    started = []

    def fail() -> None:
        with process("parent", [sys.executable, "-c", PARENT, str(pipe)], dict(os.environ), tmp_path) as parent:
            started.extend([psutil.Process(parent.pid), psutil.Process(int(pipe.read_text()))])
            raise RuntimeError("in the block")

    with pytest.raises(RuntimeError, match="in the block"):
        fail()
    assert [each.is_running() for each in started] == [False, False]
    assert list((tmp_path / "running").iterdir()) == []


def test_a_process_that_ignores_sigterm_is_killed(pipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_TIMEOUT", 0.1)
    with process("stubborn", [sys.executable, "-c", STUBBORN, str(pipe)], dict(os.environ), tmp_path):
        stubborn = psutil.Process(int(pipe.read_text()))
    assert not stubborn.is_running()


def test_what_a_killed_program_left_running_is_stopped(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    pid = int((tmp_path / "running" / "sleeper").read_text().split()[0])
    left = psutil.Process(pid)
    stop_all(tmp_path)
    assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE
    assert list((tmp_path / "running").iterdir()) == []


def test_a_process_that_has_reused_a_pid_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "running").mkdir()
    (tmp_path / "running" / "other").write_text(f"{os.getpid()} {psutil.Process().create_time() - 1}")
    stop_all(tmp_path)
    assert list((tmp_path / "running").iterdir()) == []


def test_a_pid_file_that_was_not_written_completely_is_removed(tmp_path: Path) -> None:
    (tmp_path / "running").mkdir()
    (tmp_path / "running" / "half").write_text("")
    stop_all(tmp_path)
    assert list((tmp_path / "running").iterdir()) == []
