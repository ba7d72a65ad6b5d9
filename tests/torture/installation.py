"""An installation for one trial: its own database and archive, `akhbar` as a process, and what it has stored."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
import psycopg2
from psycopg2 import sql

from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from tests.conftest import News, fresh_news

STORED = """
    SELECT story_id, kind, completeness, title, body, content_hash FROM news.articles
    UNION ALL
    SELECT story_id, kind, completeness, title, body, content_hash FROM news.editorials
    ORDER BY story_id
"""
LEFTOVERS = """
    SELECT 'the lock of ' || pid FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL
    SELECT 'the run ' || batch || ', still marked as running' FROM news.runs WHERE outcome = 'running'
    UNION ALL
    SELECT 'the run ' || batch || ', never loaded' FROM news.runs WHERE loaded_at IS NULL
"""
REJECTED = "SELECT story_id, array_to_string(reasons, ', ') FROM news.rejects"

Stored = tuple[Any, ...]
"""A stored story: number, kind, completeness, title, body, content hash."""


@dataclass(frozen=True)
class Bookkeeping:
    """What the tables other than `articles` and `editorials` hold."""

    rejects: Counter[tuple[str, str]]
    """How often each story was rejected, by its number and the reasons."""
    pages: Counter[str]
    """How often each page was recorded, by path."""
    revisions: int


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    status: int
    output: str
    seconds: float
    peak: float
    """Peak memory of its largest process, in MiB."""

    @property
    def last_line(self) -> str:
        lines = self.output.strip().splitlines()
        return lines[-1][:300] if lines else "no output"


@dataclass
class Installation:
    """A database and an archive, which commands find through their environment."""

    news: News
    archive: Path
    settings: dict[str, str]
    """Environment variables, those of the database and the archive among them."""

    @classmethod
    def fresh(cls, server: Server, folder: Path, base_url: str, **settings: str) -> "Installation":
        """An installation that has not read anything yet."""
        news = fresh_news(server)
        archive = folder / news.admin.rpartition("/")[2]
        own = {"AKHBAR_DATABASE_URL": news.writer, "AKHBAR_ARCHIVE": str(archive), "AKHBAR_DAWN_BASE_URL": base_url}
        return cls(news, archive, own | settings)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKHBAR_", "AIRFLOW_"))}
        return {**kept, **self.settings, "PYTHONPATH": str(ROOT)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts an `akhbar` command; `wait` waits for it."""
        return start([sys.executable, "-m", "akhbar.cli", *arguments], self.environment)

    def akhbar(self, *arguments: str, timeout: float = 180) -> Result:
        """Runs a command. It is killed after `timeout` seconds, and its status is then -9."""
        return wait(self.start(*arguments), timeout)

    def stories(self) -> list[Stored]:
        """Every stored story, by number; a story that is stored twice appears twice."""
        return self.news.rows(STORED)

    def let_a_day_pass(self) -> None:
        """Ends the pause that follows a refusal of pages: its runs seem to have ended a day ago."""
        self.news.rows("UPDATE news.runs SET finished_at = finished_at - interval '1 day' WHERE outcome = 'refused'")

    def bookkeeping(self) -> Bookkeeping:
        rejects: Counter[tuple[str, str]] = Counter((story, reasons) for story, reasons in self.news.rows(REJECTED))
        pages = Counter(urlsplit(url).path or "/" for (url,) in self.news.rows("SELECT url FROM news.pages"))
        return Bookkeeping(rejects, pages, self.news.rows("SELECT count(*) FROM news.revisions")[0][0])

    def leftovers(self) -> list[str]:
        """Partial batches, processes, locks and open runs that should not exist after a run."""
        partial = [f"the partial batch {path.name}" for path in self.archive.glob("*/*/*.partial")]
        running = [f"the process {' '.join(process.info['cmdline'])[:80]}" for process in self.processes()]
        return [*partial, *running, *(what for (what,) in self.news.rows(LEFTOVERS))]

    def processes(self) -> list[psutil.Process]:
        """Every process that works for this installation, except zombies."""
        return [
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if (process.info["environ"] or {}).get("AKHBAR_ARCHIVE") == str(self.archive)
        ]

    def remove(self) -> None:
        """Removes the archive and the database, so that a hundred trials need no more space than one."""
        shutil.rmtree(self.archive, ignore_errors=True)
        server, _, name = self.news.admin.rpartition("/")
        with closing(psycopg2.connect(f"{server}/postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Starts a command in a session of its own."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )


def wait(process: subprocess.Popen[str], timeout: float) -> Result:
    """Waits for a command and measures it; kills it and what it started after `timeout` seconds."""
    began = perf_counter()
    over = threading.Event()
    timer = threading.Timer(timeout, os.killpg, [process.pid, signal.SIGKILL])
    timer.start()
    with ThreadPoolExecutor(1) as pool:
        peak = pool.submit(_peak_memory, process.pid, over)
        try:
            output, _ = process.communicate()
        finally:
            over.set()
            timer.cancel()
            timer.join()
    return Result(process.returncode, output, perf_counter() - began, peak.result())


def _peak_memory(pid: int, over: threading.Event) -> float:
    """Peak memory, in MiB, of a process or one of its children, sampled ten times a second until `over` is set.

    Not the rusage of wait4(2): there a process inherits the peak of its parent.
    """
    peak = 0
    while not over.wait(0.1):
        with suppress(psutil.NoSuchProcess, OSError):
            for each in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
                status = Path(f"/proc/{each.pid}/status").read_text()
                peak = max(peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
    return peak / 1024
