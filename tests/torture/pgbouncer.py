"""PgBouncer in session mode in front of a local Postgres server."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2

from akhbar.local.postgres import Server, free_port

INSTALLED = shutil.which("pgbouncer") is not None
CONFIGURATION = """
[databases]
news = host=127.0.0.1 port={server_port} dbname=news

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = session
auth_type = scram-sha-256
auth_file = {folder}/users.txt
logfile = {folder}/pgbouncer.log
"""
"""The defaults in all other respects: 20 connections for each user and database."""


@dataclass
class PgBouncer:
    """Runs between `start` and `stop`; its clients are the role `akhbar_writer`."""

    folder: Path
    password: str
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The URL of the database `news` through PgBouncer."""
        return f"postgresql://akhbar_writer:{self.password}@127.0.0.1:{self.port}/news"

    def start(self) -> None:
        account: dict[str, Any] = (
            {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        )
        command = ["pgbouncer", "--quiet", str(self.folder / "pgbouncer.ini")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account)
        while True:
            try:
                psycopg2.connect(self.url).close()
                return
            except psycopg2.OperationalError:
                assert self.process.poll() is None, (self.folder / "pgbouncer.log").read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        """Closes all connections at once."""
        self.process.terminate()
        self.process.wait()


@contextmanager
def pgbouncer(server: Server, password: str) -> Iterator[PgBouncer]:
    """A PgBouncer for the duration of a block. Its clients have this password."""
    with TemporaryDirectory() as name:
        bouncer = PgBouncer(Path(name), password)
        text = CONFIGURATION.format(server_port=server.port, port=bouncer.port, folder=name)
        (bouncer.folder / "pgbouncer.ini").write_text(text)
        (bouncer.folder / "users.txt").write_text(f'"akhbar_writer" "{password}"\n')
        if os.geteuid() == 0:
            shutil.chown(name, "nobody", "nogroup")
        bouncer.start()
        try:
            yield bouncer
        finally:
            bouncer.stop()
