"""A newsroom to be tortured: its own database and archive, `akhbar` as a process, and what is stored afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
import psycopg2
from psycopg2 import sql

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.settings import ROOT

WRITER = "akhbar_writer"
PASSWORD = "torture"  # noqa: S105 - of a server that lives for minutes, on loopback
STORED = """
    SELECT story_id, kind, completeness, title, body, content_hash FROM news.articles
    UNION ALL
    SELECT story_id, kind, completeness, title, body, content_hash FROM news.editorials
    ORDER BY story_id
"""
LEFT_BEHIND = """
    SELECT 'the lock of ' || pid FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL
    SELECT 'the run ' || batch || ', for ever under way' FROM news.runs WHERE outcome = 'running'
    UNION ALL
    SELECT 'the run ' || batch || ', never loaded' FROM news.runs WHERE loaded_at IS NULL
"""
REJECTED = "SELECT story_id, array_to_string(reasons, ', ') FROM news.rejects"
databases = count(1)

Stored = tuple[Any, ...]
"""A stored story: number, kind, completeness, title, body, hash of all that it says."""


@contextmanager
def postgres(folder: Path, options: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server with the migrated database `template_news` and a password for the writer; removed at the end."""
    server = Server(folder, options={"max_connections": "40", **(options or {})})
    server.start()
    try:
        migrate(server.create_database("template_news"))
        execute(server.url(), sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(WRITER)), [PASSWORD])
        yield server
    finally:
        server.destroy()


def execute(url: str, statement: str | sql.Composed, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True)
class Beside:
    """What stands in the tables beside the stories."""

    rejects: Counter[tuple[str, str]]
    """How often each story was refused for each set of reasons."""
    pages: Counter[str]
    """How often each page was read, by its path."""
    revisions: int


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    said: str
    seconds: float
    peak: float
    """MiB: the most memory that the largest of its processes held."""


@dataclass
class Newsroom:
    """A database and an archive of their own, which a command finds in its environment."""

    admin: str
    database_url: str
    archive: Path
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def fresh(cls, server: Server, folder: Path, base_url: str, **settings: str) -> "Newsroom":
        """A newsroom that has read nothing yet."""
        name = f"news_{next(databases)}"
        admin = server.create_database(name, template="template_news")
        execute(admin, sql.SQL("ALTER DATABASE {} SET search_path TO news, public").format(sql.Identifier(name)))
        return cls(
            admin, server.url(name, WRITER, PASSWORD), folder / name, {"AKHBAR_DAWN_BASE_URL": base_url, **settings}
        )

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKHBAR_", "AIRFLOW_"))}
        here = {"AKHBAR_DATABASE_URL": self.database_url, "AKHBAR_ARCHIVE": str(self.archive)}
        return {**kept, **here, **self.settings, "PYTHONPATH": str(ROOT)}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command, for `ended` to see to its end."""
        return start([sys.executable, "-m", "akhbar.cli", *arguments], self.environment)

    def akhbar(self, *arguments: str, longest: float = 180) -> Ended:
        """Runs a command to its end. One that takes longer than `longest` seconds is killed and ends with -9."""
        return ended(self.start(*arguments), longest)

    def stories(self) -> list[Stored]:
        """Every stored story, by number; a story that is stored twice is there twice."""
        return execute(self.admin, STORED)

    def beside(self) -> Beside:
        """What stands in the tables beside the stories."""
        rejects: Counter[tuple[str, str]] = Counter((story, why) for story, why in execute(self.admin, REJECTED))
        pages = Counter(urlsplit(url).path or "/" for (url,) in execute(self.admin, "SELECT url FROM news.pages"))
        return Beside(rejects, pages, execute(self.admin, "SELECT count(*) FROM news.revisions")[0][0])

    def forget(self) -> None:
        """Removes the newsroom, so that a hundred of them take the room of one."""
        shutil.rmtree(self.archive, ignore_errors=True)
        server, _, name = self.admin.rpartition("/")
        with closing(psycopg2.connect(f"{server}/postgres")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def left_behind(self) -> list[str]:
        """What a run left that it should not have: half batches, processes, locks. Empty if all is well."""
        partial = [f"the half batch {path.name}" for path in self.archive.glob("*/*.partial")]
        orphans = [f"the process {' '.join(process.info['cmdline'])[:80]}" for process in self.processes()]
        return [*partial, *orphans, *(what for (what,) in execute(self.admin, LEFT_BEHIND))]

    def processes(self) -> list[psutil.Process]:
        """Every process that works for this newsroom, zombies left out."""
        return [
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if (process.info["environ"] or {}).get("AKHBAR_ARCHIVE") == str(self.archive)
        ]


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


def ended(process: subprocess.Popen[str], longest: float) -> Ended:
    """Sees a command to its end, measures it, and kills it if it takes longer than `longest` seconds."""
    began = perf_counter()
    over = threading.Event()
    timer = threading.Timer(longest, os.killpg, [process.pid, signal.SIGKILL])
    timer.start()
    with ThreadPoolExecutor(1) as pool:
        peak = pool.submit(most_memory, process.pid, over)
        try:
            assert process.stdout
            said = process.stdout.read()
            process.wait()
        finally:
            over.set()
            timer.cancel()
            timer.join()
    process.stdout.close()
    return Ended(process.returncode, said, perf_counter() - began, peak.result())


def most_memory(pid: int, over: threading.Event) -> float:
    """MiB that a process or one that it started held at most, looked at ten times a second until it is over.

    Not the rusage of wait4(2), in which a process inherits the memory of the one that started it.
    """
    peak = 0
    while not over.wait(0.1):
        with suppress(psutil.NoSuchProcess, OSError):
            for each in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
                status = Path(f"/proc/{each.pid}/status").read_text()
                held = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
                peak = max(peak, int(held))
    return peak / 1024
