"""The demo as a newcomer runs it: one command, two tables with stories, and no process left running."""

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from rich.console import Console

from akhbar.local.demo import _in_cells
from akhbar.local.postgres import Server
from akhbar.local.stack import clean, folder_of
from akhbar.settings import ROOT


@dataclass(frozen=True)
class Demo:
    """The demo's output, exit status and environment, and what was observed while it ran."""

    output: str
    status: int
    environment: dict[str, str]
    command_lines: set[str]
    listened_on: set[str]
    """The addresses on which its processes accepted connections."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, run once in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKHBAR_LOCAL", str(tmp_path_factory.mktemp("demo")))
        environment = os.environ | {"AKHBAR_TEST_MARK": str(tmp_path_factory.getbasetemp())}
        command = [sys.executable, "-m", "akhbar.cli", "demo"]
        command_lines: set[str] = set()
        listened_on: set[str] = set()
        with tempfile.TemporaryFile("w+") as output:
            running = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, env=environment)
            family = psutil.Process(running.pid)
            while running.poll() is None:
                for process in [family, *family.children(recursive=True)]:
                    with suppress(psutil.Error):
                        command_lines.add(" ".join(process.cmdline()))
                        open_to = [at for at in process.net_connections("inet") if at.status == psutil.CONN_LISTEN]
                        listened_on |= {at.laddr.ip for at in open_to}
                with suppress(subprocess.TimeoutExpired):
                    running.wait(0.5)
            output.seek(0)
            yield Demo(output.read(), running.returncode, environment, command_lines, listened_on)
        clean()


def processes_of(demo: Demo) -> list[str]:
    """The command lines of running processes that inherited the demo's environment."""
    mark = f"AKHBAR_TEST_MARK={demo.environment['AKHBAR_TEST_MARK']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it has ended in the meantime
    return found


def test_right_to_left_text_is_as_wide_as_its_cells_in_the_picture() -> None:
    shown = Console(record=True, file=StringIO())
    shown.print("\u2067ملتان\u2069")
    svg = shown.export_svg()
    [(before, _)] = re.findall(r'textLength="([\d.]+)"[^>]*>([^<]*ملتان[^<]*)<', svg)
    [(after, _)] = re.findall(r'textLength="([\d.]+)"[^>]*>([^<]*ملتان[^<]*)<', _in_cells(svg))
    assert float(after) == pytest.approx(float(before) * 5 / 7)


def test_it_succeeds_and_prints_the_results(demo: Demo) -> None:
    assert demo.status == 0, demo.output
    for expected in (
        "edition 2016-01-22: check success",
        "edition 2025-03-29: check success",
        "Delegation from Moscow holds",
        "After the fog",
        "Measles again",
        "Glaciers at risk",
        "DawnNews",
        "The Guardian view on",
        "make psql",
        "make up SITE=replica",
        "everything is stopped",
    ):
        assert expected in demo.output


@pytest.mark.skipif(not Path("/proc").exists(), reason="requires /proc")
def test_it_leaves_no_process_behind(demo: Demo) -> None:
    assert processes_of(demo) == []


def test_its_servers_listen_on_the_loopback_address_alone(demo: Demo) -> None:
    assert demo.listened_on == {"127.0.0.1"}


def test_its_secrets_are_only_in_files_that_only_their_owner_can_read(demo: Demo) -> None:
    folder = folder_of("replica")
    secrets = {folder / "secrets.json", folder / "airflow" / "passwords.json"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets} == {0o600}
    passwords = [password.encode() for password in json.loads((folder / "secrets.json").read_text()).values()]
    data = Server(folder / "postgres").data
    shown = [demo.output.encode(), *(line.encode() for line in demo.command_lines)]
    files = [file for file in folder.rglob("*") if file.is_file() and file not in secrets and data not in file.parents]
    assert any("scheduler" in line for line in demo.command_lines)
    assert any(file.suffix == ".log" for file in files)
    for text in [*shown, *(file.read_bytes() for file in files)]:
        assert not [password for password in passwords if password in text]


def test_it_leaves_the_tables_for_psql(demo: Demo) -> None:
    query = "SELECT count(*) FROM editorials WHERE edition_date = '2016-01-22'"
    command = [sys.executable, "-m", "akhbar.cli", "psql"]
    asked = subprocess.run(
        command, input=query + ";\n", capture_output=True, text=True, cwd=ROOT, env=demo.environment, check=True
    )
    assert "     3" in asked.stdout
    assert not Server(folder_of("replica") / "postgres").is_running()
