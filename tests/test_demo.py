"""The demo as a newcomer meets it: one command, two tables with stories in them, and nothing left running."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.local import clean, folder_of
from pipeline.postgres import Server
from pipeline.settings import ROOT


@dataclass(frozen=True)
class Demo:
    """What the demo said, how it ended, and what it had in its environment."""

    said: str
    status: int
    environment: dict[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, run once, in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKHBAR_LOCAL", str(tmp_path_factory.mktemp("demo")))
        environment = os.environ | {"AKHBAR_TEST_MARK": str(tmp_path_factory.getbasetemp())}
        command = [sys.executable, "-m", "pipeline.cli", "demo"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
        yield Demo(done.stdout + done.stderr, done.returncode, environment)
        clean()


def processes_of(demo: Demo) -> list[str]:
    """The command lines of the processes that the demo's environment was handed down to and that still run."""
    mark = f"AKHBAR_TEST_MARK={demo.environment['AKHBAR_TEST_MARK']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile
    return found


def test_it_succeeds_and_shows_what_happened(demo: Demo) -> None:
    assert demo.status == 0, demo.said
    for said in (
        "edition 2016-01-22: check success",
        "edition 2025-03-29: check success",
        "Delegation from Moscow holds",
        "After the fog",
        "Measles again",
        "make psql",
        "make up SITE=replica",
        "everything is stopped",
    ):
        assert said in demo.said


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads the processes from /proc, which this system lacks")
def test_it_leaves_no_process_behind(demo: Demo) -> None:
    assert processes_of(demo) == []


def test_it_leaves_the_tables_for_psql(demo: Demo) -> None:
    query = "SELECT count(*) FROM editorials WHERE edition_date = '2016-01-22'"
    command = [sys.executable, "-m", "pipeline.cli", "psql"]
    asked = subprocess.run(
        command, input=query + ";\n", capture_output=True, text=True, cwd=ROOT, env=demo.environment, check=True
    )
    assert "     3" in asked.stdout
    assert not Server(folder_of("replica") / "postgres").is_running()
