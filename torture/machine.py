"""The machine misbehaves: processes are killed, the database goes away, disks fill, the clock goes back."""

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
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tests.replica import replica
from torture.kills import BIG, KILLS, Lab, must
from torture.kills import torture as kill
from torture.newsroom import Ended, Newsroom, ended, postgres, start
from torture.report import Row, left_out
from torture.site import difference

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
"""Of Debian's package libfaketime."""

Trial = Callable[[Lab, random.Random], Iterator[str]]
"""Tries something once; yields what went wrong."""


def torture(folder: Path, seed: int, wanted: Collection[str]) -> Iterator[Row]:
    """Tries what is wanted, as far as this machine has what it needs."""
    lacking = {name: what for name, what in NEEDS.items() if name in wanted and not HAS[what]}
    for name, what in lacking.items():
        left_out(name, what)
    with postgres(folder / "postgres") as server, replica() as site:
        lab = Lab(server, folder, site)
        for name, (times, trial) in TRIALS.items():
            if name in wanted and name not in lacking:
                began = time.monotonic()
                chances = [random.Random(f"{seed} {name} {number}") for number in range(times)]  # noqa: S311
                wrong = [what for chance in chances for what in trial(lab, chance)]
                yield Row(name, times, time.monotonic() - began, "as before after one more run", "; ".join(wrong), seed)
        yield from kill(lab, seed, wanted)


def afterwards(lab: Lab, step: str, newsroom: Newsroom, *, exactly: bool = False) -> Iterator[str]:
    """One more run, and whether it gives exactly the expected tables: see `Lab.compared`."""
    yield from lab.once_more(step, newsroom)
    yield from lab.compared(step, newsroom, exactly=exactly)
    newsroom.forget()


def says_no(done: Ended, what: str) -> Iterator[str]:
    """A command that cannot succeed must say so in a line, and not by a traceback."""
    if done.status != 1 or "Traceback" in done.said or not re.search(what, done.said):
        yield f"ended with {done.status}: {done.said.strip()[-300:]}"


def stopped(lab: Lab, _: random.Random) -> Iterator[str]:
    newsroom = lab.newsroom("run")
    lab.server.stop()
    done = newsroom.akhbar(*lab.command("run", newsroom))
    lab.server.start()
    yield from says_no(done, "the database refused, nothing was stored")
    yield from afterwards(lab, "run", newsroom, exactly=True)


def restarted(step: str) -> Trial:
    """The server is stopped without a word (SIGQUIT, `immediate`) and started again while a step works."""

    def trial(lab: Lab, chance: random.Random) -> Iterator[str]:
        seconds = lab.undisturbed(step).seconds
        newsroom = lab.newsroom(step)
        process = newsroom.start(*lab.command(step, newsroom))
        time.sleep(chance.uniform(0.3, 1) * seconds)
        os.kill(lab.server.pid, signal.SIGQUIT)
        while lab.server.is_running():
            time.sleep(0.05)
        lab.server.start()
        done = ended(process, longest=60)
        if done.status:
            yield from says_no(done, "akhbar: ")
        yield from afterwards(lab, step, newsroom)

    return trial


def out_of_connections(lab: Lab, _: random.Random) -> Iterator[str]:
    newsroom = lab.newsroom("run")
    with ExitStack() as stack:
        with suppress(psycopg2.OperationalError):
            while True:
                stack.enter_context(closing(psycopg2.connect(newsroom.database_url)))
        done = newsroom.akhbar(*lab.command("run", newsroom))
    yield from says_no(done, "the database refused, nothing was stored")
    yield from afterwards(lab, "run", newsroom, exactly=True)


@contextmanager
def forwarder(port: int) -> Iterator[int]:
    """Another address of the server on `port`, which goes away with all its connections at the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as open_ones:

        def hand_on(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    ends = listener.accept()[0], socket.create_connection(("127.0.0.1", port))
                    for one, other in (ends, ends[::-1]):
                        open_ones.callback(one.close)
                        open_ones.callback(hang_up, one)
                        threading.Thread(target=hand_on, args=(one, other), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


def failing_over(lab: Lab, chance: random.Random) -> Iterator[str]:
    """The URL names two addresses of the database; the first goes away in the middle of a load."""
    seconds = lab.undisturbed("load").seconds
    newsroom = lab.newsroom("load")
    with forwarder(lab.server.port) as second:
        with forwarder(lab.server.port) as first:
            both = f"127.0.0.1:{first},127.0.0.1:{second}"
            newsroom.database_url = newsroom.database_url.replace(f"127.0.0.1:{lab.server.port}", both)
            process = newsroom.start(*lab.command("load", newsroom))
            time.sleep(chance.uniform(0.3, 1) * seconds)
        done = ended(process, longest=60)
        if done.status:
            yield from says_no(done, "the database refused, nothing was stored")
        yield from afterwards(lab, "load", newsroom)


@dataclass
class SmallDisk:
    """A tmpfs, which only root can make."""

    folder: Path

    def grow(self) -> None:
        subprocess.run(["mount", "-o", "remount,size=400m", str(self.folder)], check=True)  # noqa: S607


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)  # noqa: S607
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=False)  # noqa: S607


def archive_full(lab: Lab, chance: random.Random) -> Iterator[str]:
    newsroom = lab.newsroom("run")
    with small_disk(newsroom.archive, f"{chance.randrange(16, 80)}k") as disk:
        done = newsroom.akhbar(*lab.command("run", newsroom))
        if not done.status:
            yield "a run succeeded on a disk that is full"
        disk.grow()
        yield from lab.once_more("run", newsroom)
        yield from lab.compared("run", newsroom)


def database_full(lab: Lab, _: random.Random) -> Iterator[str]:
    """The database lies in a tablespace of its own, on a disk that its first big batch fills."""
    newsroom = lab.newsroom("load")
    name = newsroom.admin.rsplit("/", 1)[1]
    with small_disk(lab.server.data.parent / f"full-{name}", "13m") as disk:
        if lab.server.account:
            os.chown(disk.folder, lab.server.account.pw_uid, lab.server.account.pw_gid)
        with closing(psycopg2.connect(lab.server.url())) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(
                sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(disk.folder)))
            )
            cursor.execute(sql.SQL("ALTER DATABASE {0} SET TABLESPACE {0}").format(sql.Identifier(name)))
        yield from says_no(newsroom.akhbar(*lab.command("load", newsroom)), "No space left")
        if newsroom.stories():
            yield "half a batch was loaded"
        disk.grow()
        yield from afterwards(lab, "load", newsroom)
        with closing(psycopg2.connect(lab.server.url())) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(name)))


def file_size_limit(step: str, most: int) -> Trial:
    """A step that may write no file larger than so many bytes (RLIMIT_FSIZE): a full disk for ordinary users."""

    def trial(lab: Lab, chance: random.Random) -> Iterator[str]:
        newsroom = lab.newsroom(step)
        limit = ["prlimit", f"--fsize={chance.randrange(most // 4, most)}"]
        command = [*limit, sys.executable, "-m", "akhbar.cli", *lab.command(step, newsroom)]
        yield from says_no(ended(start(command, newsroom.environment), longest=120), "File too large|[Ee]rrno 27")
        yield from afterwards(lab, step, newsroom)

    return trial


def clock_ahead(lab: Lab, _: random.Random) -> Iterator[str]:
    """A batch is loaded that was crawled by a clock a year ahead; then it is put right, and every story changes."""
    newsroom = lab.newsroom("load")
    folder = newsroom.archive / "dawn" / "big"
    known = {name: (folder / name).read_text() for name in ("manifest.json", "pages.jsonl", "clean.jsonl")}
    for name in ("manifest.json", "pages.jsonl"):
        (folder / name).write_text(re.sub(r'(_at": ")\d{4}-', rf"\g<1>{datetime.now(UTC).year + 1}-", known[name]))
    (folder / "clean.jsonl").write_text(known["clean.jsonl"].replace("Word after word.", "Other words.", 1_000_000))
    must(newsroom.akhbar("load", str(folder)))
    after = folder.with_name("put-right")
    after.mkdir()
    for file in folder.iterdir():
        (after / file.name).write_text(known.get(file.name) or file.read_text())
    must(newsroom.akhbar("load", str(after)))
    undisturbed, found = lab.undisturbed("load"), newsroom.beside()
    yield from difference(newsroom.stories(), undisturbed.stories)
    if found.revisions != BIG:
        yield f"{found.revisions} revisions, where each of {BIG} stories changed once"
    twice = Counter({refused: 2 * times for refused, times in undisturbed.beside.rejects.items()})
    if found.rejects != twice:
        yield f"{found.rejects.total()} rejects of two batches, not {twice.total()}"
    yield from newsroom.left_behind()
    newsroom.forget()


def clock_back(lab: Lab, _: random.Random) -> Iterator[str]:
    """A run, and one more whose clock shows the day before."""
    newsroom = lab.newsroom("run")
    must(newsroom.akhbar(*lab.command("run", newsroom)))
    before = newsroom.settings
    newsroom.settings = {**before, "LD_PRELOAD": str(FAKETIME), "FAKETIME": "-1d"}
    must(newsroom.akhbar(*lab.command("run", newsroom)))
    newsroom.settings = before
    yield from afterwards(lab, "run", newsroom, exactly=True)


def five_at_once(lab: Lab, _: random.Random) -> Iterator[str]:
    newsroom = lab.newsroom("run")
    for process in [newsroom.start(*lab.command("run", newsroom)) for _ in range(5)]:
        done = ended(process, longest=120)
        if done.status:
            yield f"one of five ended with {done.status}: {done.said.strip()[-300:]}"
    yield from afterwards(lab, "run", newsroom, exactly=True)


TRIALS: dict[str, tuple[int, Trial]] = {
    "Postgres stopped": (1, stopped),
    "Postgres restarted (immediate) in the middle of a load": (10, restarted("load")),
    "Postgres restarted (immediate) in the middle of a run": (5, restarted("run")),
    "Postgres out of connections": (1, out_of_connections),
    "Postgres failing over to a new address in the middle of a load": (5, failing_over),
    "the same edition five times at once": (1, five_at_once),
    "the clock a year ahead, then put right": (1, clock_ahead),
    "no file of a run may grow (RLIMIT_FSIZE)": (3, file_size_limit("run", 40_000)),
    "no file of the step clean may grow (RLIMIT_FSIZE)": (3, file_size_limit("clean", 1_000_000)),
    "the archive's disk full (tmpfs)": (3, archive_full),
    "the database's disk full (a tablespace on tmpfs)": (1, database_full),
    "the clock a day back in the second run (libfaketime)": (1, clock_back),
}
NAMES = [*TRIALS, *(each.name for each in KILLS)]
HAS = {"prlimit": bool(shutil.which("prlimit")), "root": os.geteuid() == 0, "libfaketime": FAKETIME.exists()}
NEEDS = {
    "no file of a run may grow (RLIMIT_FSIZE)": "prlimit",
    "no file of the step clean may grow (RLIMIT_FSIZE)": "prlimit",
    "the archive's disk full (tmpfs)": "root",
    "the database's disk full (a tablespace on tmpfs)": "root",
    "the clock a day back in the second run (libfaketime)": "libfaketime",
}
"""What not every machine has, by what is tried with it."""
