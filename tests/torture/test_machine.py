"""The machine misbehaves: the database goes away, disks fill up, the clock jumps, five runs start at once."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from tests.torture.compare import story_differences
from tests.torture.installation import Result, start, wait
from tests.torture.steps import BIG, Lab, succeed
from tests.torture.trials import parameters

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
"""From Debian's package libfaketime."""
AVAILABLE = {"prlimit": bool(shutil.which("prlimit")), "root": os.geteuid() == 0, "libfaketime": FAKETIME.exists()}
DATABASE_ERROR = "database error, nothing was stored"

Attempt = Callable[[Lab, random.Random], Iterator[str]]
"""Tries something once; yields what went wrong."""


@dataclass(frozen=True)
class Trial:
    """What is tried, how often, and what the machine needs for it."""

    name: str
    attempt: Attempt
    times: int = 1
    needs: str = ""
    quick: bool = False


def fails_cleanly(result: Result, message: str) -> Iterator[str]:
    """A command that cannot succeed must say so in one line, without a traceback."""
    if result.status != 1 or "Traceback" in result.output or not re.search(message, result.output):
        yield f"exited with {result.status}: {result.output.strip()[-300:]}"


def stopped(lab: Lab, _: random.Random) -> Iterator[str]:
    installation = lab.installation("run")
    lab.server.stop()
    result = installation.akhbar(*lab.command("run", installation))
    lab.server.start()
    yield from fails_cleanly(result, DATABASE_ERROR)
    yield from lab.recovers("run", installation, exactly=True)


def restarted_during(step: str) -> Attempt:
    """The server stops without a clean shutdown (SIGQUIT, `immediate`) and starts again during a step."""

    def attempt(lab: Lab, rng: random.Random) -> Iterator[str]:
        seconds = lab.undisturbed(step).seconds
        installation = lab.installation(step)
        process = installation.start(*lab.command(step, installation))
        time.sleep(rng.uniform(0.3, 1) * seconds)
        os.kill(lab.server.pid, signal.SIGQUIT)
        while lab.server.is_running():
            time.sleep(0.05)
        lab.server.start()
        result = wait(process, timeout=60)
        if result.status:
            yield from fails_cleanly(result, "akhbar: ")
        yield from lab.recovers(step, installation)

    return attempt


def out_of_connections(lab: Lab, _: random.Random) -> Iterator[str]:
    installation = lab.installation("run")
    with ExitStack() as stack:
        with suppress(psycopg2.OperationalError):
            while True:
                stack.enter_context(closing(psycopg2.connect(installation.news.writer)))
        result = installation.akhbar(*lab.command("run", installation))
    yield from fails_cleanly(result, DATABASE_ERROR)
    yield from lab.recovers("run", installation, exactly=True)


@contextmanager
def forwarder(port: int) -> Iterator[int]:
    """Another port of the server on `port`, which goes away with all its connections at the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as connections:

        def forward(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    ends = listener.accept()[0], socket.create_connection(("127.0.0.1", port))
                    for one, other in (ends, ends[::-1]):
                        connections.callback(one.close)
                        connections.callback(shut_down, one)
                        threading.Thread(target=forward, args=(one, other), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def shut_down(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def fail_over(lab: Lab, rng: random.Random) -> Iterator[str]:
    """The URL names two addresses of the database; the first goes away during a load."""
    seconds = lab.undisturbed("load").seconds
    installation = lab.installation("load")
    with forwarder(lab.server.port) as second:
        with forwarder(lab.server.port) as first:
            both = f"127.0.0.1:{first},127.0.0.1:{second}"
            url = installation.news.writer.replace(f"127.0.0.1:{lab.server.port}", both)
            installation.settings["AKHBAR_DATABASE_URL"] = url
            process = installation.start(*lab.command("load", installation))
            time.sleep(rng.uniform(0.3, 1) * seconds)
        result = wait(process, timeout=60)
        if result.status:
            yield from fails_cleanly(result, DATABASE_ERROR)
        yield from lab.recovers("load", installation)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A tmpfs at a folder, which only root can mount."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=False)


def enlarge(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=400m", str(folder)], check=True)


def archive_disk_full(lab: Lab, rng: random.Random) -> Iterator[str]:
    installation = lab.installation("run")
    with small_disk(installation.archive, f"{rng.randrange(16, 80)}k"):
        if not installation.akhbar(*lab.command("run", installation)).status:
            yield "a run succeeded on a full disk"
        enlarge(installation.archive)
        yield from lab.run_again("run", installation)
        yield from lab.differences("run", installation)


def database_disk_full(lab: Lab, _: random.Random) -> Iterator[str]:
    """The database is in a tablespace of its own, on a disk that its first big batch fills."""
    installation = lab.installation("load")
    name = installation.news.admin.rsplit("/", 1)[1]
    disk = lab.server.data.parent / f"full-{name}"
    with small_disk(disk, "13m"), closing(psycopg2.connect(lab.server.url())) as connection:
        if lab.server.account:
            os.chown(disk, lab.server.account.pw_uid, lab.server.account.pw_gid)
        connection.autocommit = True
        space, folder = sql.Identifier(name), sql.Literal(str(disk))
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(space, folder))
            cursor.execute(sql.SQL("ALTER DATABASE {0} SET TABLESPACE {0}").format(space))
        result = installation.akhbar(*lab.command("load", installation))
        yield from fails_cleanly(result, "No space left")
        if installation.stories():
            yield "half a batch is loaded"
        enlarge(disk)
        yield from lab.recovers("load", installation)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP TABLESPACE {}").format(space))


def file_size_limit(step: str, largest: int) -> Attempt:
    """A step that must not write a file larger than a limit (RLIMIT_FSIZE): a full disk without root."""

    def attempt(lab: Lab, rng: random.Random) -> Iterator[str]:
        installation = lab.installation(step)
        limit = ["prlimit", f"--fsize={rng.randrange(largest // 4, largest)}"]
        command = [*limit, sys.executable, "-m", "akhbar.cli", *lab.command(step, installation)]
        result = wait(start(command, installation.environment), timeout=120)
        yield from fails_cleanly(result, "File too large|[Ee]rrno 27")
        yield from lab.recovers(step, installation)

    return attempt


def clock_ahead(lab: Lab, _: random.Random) -> Iterator[str]:
    """Loads a batch whose clock was a year ahead, then one with the right time in which every story differs."""
    installation = lab.installation("load")
    folder = installation.archive / "dawn" / "big"
    right = {name: (folder / name).read_text() for name in ("manifest.json", "pages.jsonl", "clean.jsonl")}
    for name in ("manifest.json", "pages.jsonl"):
        (folder / name).write_text(re.sub(r'(_at": ")\d{4}-', rf"\g<1>{datetime.now(UTC).year + 1}-", right[name]))
    (folder / "clean.jsonl").write_text(right["clean.jsonl"].replace("Word after word.", "Other words.", 1_000_000))
    succeed(installation.akhbar("load", str(folder)))
    after = folder.with_name("right")
    after.mkdir()
    for file in folder.iterdir():
        (after / file.name).write_text(right.get(file.name) or file.read_text())
    succeed(installation.akhbar("load", str(after)))
    undisturbed, found = lab.undisturbed("load"), installation.bookkeeping()
    yield from story_differences(installation.stories(), undisturbed.stories)
    if found.revisions != BIG:
        yield f"{found.revisions} revisions, although each of {BIG} stories changed once"
    twice = Counter({reject: 2 * times for reject, times in undisturbed.bookkeeping.rejects.items()})
    if found.rejects != twice:
        yield f"{found.rejects.total()} rejects of two batches instead of {twice.total()}"
    yield from installation.leftovers()
    installation.remove()


def clock_back(lab: Lab, _: random.Random) -> Iterator[str]:
    """A run, then another one whose clock is a day behind."""
    installation = lab.installation("run")
    succeed(installation.akhbar(*lab.command("run", installation)))
    settings = installation.settings
    installation.settings = {**settings, "LD_PRELOAD": str(FAKETIME), "FAKETIME": "-1d"}
    succeed(installation.akhbar(*lab.command("run", installation)))
    installation.settings = settings
    yield from lab.recovers("run", installation, exactly=True)


def five_at_once(lab: Lab, _: random.Random) -> Iterator[str]:
    installation = lab.installation("run")
    for process in [installation.start(*lab.command("run", installation)) for _ in range(5)]:
        result = wait(process, timeout=120)
        if result.status:
            yield f"one of five exited with {result.status}: {result.output.strip()[-300:]}"
    yield from lab.recovers("run", installation, exactly=True)


TRIALS = [
    Trial("Postgres stopped", stopped),
    Trial("Postgres restarted (immediate) during a load", restarted_during("load"), times=10),
    Trial("Postgres restarted (immediate) during a run", restarted_during("run"), times=5),
    Trial("Postgres out of connections", out_of_connections),
    Trial("Postgres failing over to another address during a load", fail_over, times=5),
    Trial("the same edition five times at once", five_at_once),
    Trial("clock a year ahead, then corrected", clock_ahead),
    Trial("file size limit (RLIMIT_FSIZE) for a run", file_size_limit("run", 40_000), times=3, needs="prlimit"),
    Trial("file size limit (RLIMIT_FSIZE) for clean", file_size_limit("clean", 1_000_000), times=3, needs="prlimit"),
    Trial("archive's disk full (tmpfs)", archive_disk_full, times=3, needs="root"),
    Trial("database's disk full (a tablespace on tmpfs)", database_disk_full, needs="root"),
    Trial("clock a day back in the second run (libfaketime)", clock_back, needs="libfaketime"),
]


@pytest.mark.parametrize("trial", parameters(TRIALS))
def test_one_more_run_gives_the_tables_of_an_undisturbed_run(
    lab: Lab, trial: Trial, rng: random.Random, record_property: Callable[[str, object], None]
) -> None:
    if trial.needs and not AVAILABLE[trial.needs]:
        pytest.skip(f"not available on this machine: {trial.needs}")
    record_property("seen", "the same tables after one more run")
    errors = list(trial.attempt(lab, rng))
    assert not errors, "; ".join(errors)
