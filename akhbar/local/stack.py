"""Everything on one machine, without Docker: an embedded Postgres, Airflow, and, for the demo, a replica newspaper.

State lies under `.local` of the checkout (or AKHBAR_LOCAL), one folder for the live newspaper and one for the replica,
so that the two never meet in one table. All ports are on 127.0.0.1.
"""

import fcntl
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, get_args

import httpx
import psycopg2
from psycopg2 import sql
from rich.console import Console

from akhbar import settings
from akhbar.database.migrate import migrate
from akhbar.local.airflow_api import Airflow
from akhbar.local.postgres import Server, free_port
from akhbar.local.processes import end_leftovers, process
from akhbar.newspapers import active

Site = Literal["live", "replica"]

COMPONENTS = {
    "api-server": ["api-server"],
    # without its log server, which would listen on every interface: the logs lie on this disk
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
}
UI_PORT = 8080
STARTUP = 120
"""Seconds that Airflow may take to be healthy: 10 to 25 are usual."""

console = Console(highlight=False, record=True, width=None if sys.stdout.isatty() else 110)


class LocalError(Exception):
    """Something on this machine kept the pipeline from running; the message says what to do."""


@dataclass
class Secrets:
    """Random, made once for a folder, readable by its owner only."""

    fernet_key: str
    jwt_secret: str
    api_secret: str
    admin: str
    airflow: str
    writer: str
    reader: str
    monitor: str

    @classmethod
    def of(cls, folder: Path) -> "Secrets":
        file = folder / "secrets.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        made = {name: secrets.token_urlsafe(24) for name in cls.__annotations__}
        made["jwt_secret"] = secrets.token_urlsafe(48)  # as long as the hash that signs with it (RFC 7518, 3.2)
        made["fernet_key"] = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        _write_private(file, json.dumps(made | known, indent=2))
        return cls(**(made | known))


def _write_private(file: Path, text: str) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(".new")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    aside.write_text(text)
    aside.replace(file)


@dataclass
class Local:
    """The pipeline on this machine: its folder, its secrets, its Postgres and the port of its UI."""

    folder: Path
    secrets: Secrets
    postgres: Server
    port: int
    base_url: str | None = None
    """Where the newspaper is read instead of its own site."""
    components: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    """Airflow's processes, by name."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def news_url(self, role: Literal["writer", "reader", "monitor"]) -> str:
        return self.postgres.url("news", f"akhbar_{role}", getattr(self.secrets, role))

    def airflow_database_url(self) -> str:
        return self.postgres.url("airflow", "airflow", self.secrets.airflow).replace("://", "+psycopg2://", 1)

    def watch(self) -> None:
        """Raises `LocalError`, with the end of its log, if a part of Airflow has ended."""
        for name, component in self.components.items():
            if component.poll() is not None:
                raise LocalError(_died(f"airflow {name}", self.folder / "logs" / f"{name}.log"))

    def environment(self) -> dict[str, str]:
        """What Airflow's components, their tasks and the command line find in their environment."""
        home = self.folder / "airflow"
        found = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
        found.pop("PYTHONDONTWRITEBYTECODE", None)  # every process would compile all of Airflow again
        for name in ("no_proxy", "NO_PROXY"):
            found[name] = ",".join(filter(None, [found.get(name), "127.0.0.1"]))  # a proxy cannot reach our loopback
        found |= {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(settings.ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(settings.ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__FERNET_KEY": self.secrets.fernet_key,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.airflow_database_url(),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": self.secrets.api_secret,
            "AIRFLOW__API_AUTH__JWT_SECRET": self.secrets.jwt_secret,
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.folder / "logs" / "tasks"),
            # a second is usual, and passes before each task of a run; a quarter costs some 5 % of a core
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
            # seconds that a worker may be busy with a task that has ended: Airflow sees it at the next beat
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            # for about a minute, a task that the scheduler began before the api-server answers waits for it
            "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "15",
            "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "10",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW_CONN_NEWS_DB": self.news_url("writer"),
            "AIRFLOW_CONN_NEWS_MONITOR": self.news_url("monitor"),  # what the Newsroom page reads through
            "AKHBAR_DATABASE_URL": self.news_url("writer"),
            "AKHBAR_ARCHIVE": str(self.folder / "archive"),
        }
        if self.base_url:
            found["AKHBAR_DAWN_BASE_URL"] = self.base_url
        return found


def folder_of(site: Site) -> Path:
    return Path(os.environ.get("AKHBAR_LOCAL") or settings.ROOT / ".local") / site


@contextmanager
def running(site: Site, port: int) -> Iterator[Local]:
    """Postgres, both databases and Airflow, ready for use; everything is stopped at the end of the block."""
    folder = folder_of(site)
    with ExitStack() as stack:
        stack.enter_context(_alone(folder))
        local = Local(folder, Secrets.of(folder), Server(folder / "postgres"), port)
        with phase("Postgres"):
            local.postgres.start()
            stack.callback(local.postgres.stop)  # also one that an earlier run left, if that was killed
        replica = stack.enter_context(_replica(folder)) if site == "replica" else None
        local.base_url = replica or settings.base_urls().get("dawn")
        environment = local.environment()
        with phase("the databases news and airflow"):
            _migrate(local, environment)
        with phase("Airflow"):
            for name, arguments in COMPONENTS.items():
                command = [sys.executable, "-m", "airflow", *arguments]
                local.components[name] = stack.enter_context(process(name, command, environment, folder))
            stack.callback(end_leftovers, folder)  # all at once; what is below ends what did not get this far
            _await_health(local)
        yield local


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps a folder for the length of a block: two at once would run each other's tasks."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(f"{folder} is in use by another make demo, up or psql: end that one first") from None
        end_leftovers(folder)
        yield


def stop_on_signals() -> None:
    """Has the first SIGINT, SIGTERM or SIGHUP raise `KeyboardInterrupt`; later ones do not disturb the clearing up."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in signals:
        signal.signal(each, stop)


@contextmanager
def phase(what: str) -> Iterator[None]:
    """Shows what is going on, and how long it took."""
    began = monotonic()
    with console.status(f"starting {what} …"):
        yield
    console.print(f"  {what}: ready after {monotonic() - began:.1f} s")


@contextmanager
def _replica(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.replica", "--port", str(port), "--edits"]
    with process("replica", command, dict(os.environ), folder) as started:

        def watch() -> None:
            if started.poll() is not None:
                raise LocalError(_died("the replica newspaper", folder / "logs" / "replica.log"))

        _await("the replica newspaper", folder / "logs", lambda: _answers(port), watch)
        yield f"http://127.0.0.1:{port}"


def _migrate(local: Local, environment: dict[str, str]) -> None:
    """Brings both databases up to date, at once, and sets the passwords of the roles."""
    for name in ("news", "airflow"):
        local.postgres.create_database(name)
    _make_airflow_role(local)
    _write_private(local.folder / "airflow" / "passwords.json", json.dumps({"admin": local.secrets.admin}))
    with ThreadPoolExecutor() as pool:
        airflow = pool.submit(
            subprocess.run,
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        migrate(local.postgres.url("news"))
        _set_passwords(local)
        done = airflow.result()
    if done.returncode:
        raise LocalError(f"airflow db migrate failed: {(done.stderr or done.stdout).strip()[-1500:]}")


def _make_airflow_role(local: Local) -> None:
    """Airflow's own role, so that its tasks do not carry the superuser's password."""
    with closing(psycopg2.connect(local.postgres.url())) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'airflow'")
        if not cursor.fetchone():
            cursor.execute("CREATE ROLE airflow LOGIN")
        cursor.execute("ALTER ROLE airflow PASSWORD %s", [local.secrets.airflow])
        cursor.execute("ALTER DATABASE airflow OWNER TO airflow")


def _set_passwords(local: Local) -> None:
    with closing(psycopg2.connect(local.postgres.url("news"))) as connection, connection, connection.cursor() as cursor:
        for role in ("writer", "reader", "monitor"):
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            password = getattr(local.secrets, role)
            cursor.execute(statement.format(sql.Identifier(f"akhbar_{role}"), sql.Literal(password)))


def _await_health(local: Local) -> None:
    def healthy() -> bool:
        try:
            health = httpx.get(f"{local.url}/api/v2/monitor/health", timeout=5, trust_env=False).json()
            return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))
        except (httpx.HTTPError, KeyError, ValueError):
            return False

    _await("Airflow", local.folder / "logs", healthy, local.watch)


def await_dags(local: Local, airflow: Airflow, dag_ids: Collection[str]) -> None:
    """Waits until Airflow has read the DAGs."""
    _await(
        f"the DAGs {', '.join(dag_ids)}",
        local.folder / "logs",
        lambda: set(dag_ids) <= set(airflow.newspaper_dags()),
        local.watch,
    )


def _await(what: str, logs: Path, is_ready: Callable[[], bool], watch: Callable[[], None]) -> None:
    until = monotonic() + STARTUP
    while not is_ready():
        watch()
        if monotonic() > until:
            raise LocalError(f"{what}: not ready after {STARTUP} s; the logs are in {logs}")
        sleep(0.2)


def _died(what: str, log: Path) -> str:
    return f"{what} ended; the end of its log, {log}:\n{log.read_text(errors='replace')[-1500:]}"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def up(site: Site) -> int:
    """Runs the pipeline in the foreground until it is interrupted. Returns the exit status."""
    if _answers(UI_PORT):
        console.print(f"port {UI_PORT} on 127.0.0.1 is in use: is the pipeline up already? Stop what listens there")
        return 2
    if site == "live" and not settings.contact():
        console.print("AKHBAR_CONTACT is not set: name who runs this crawler, so that the newspaper can ask")
    stop_on_signals()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        with running(site, UI_PORT) as local:
            airflow = Airflow(local.url, "admin", local.secrets.admin)
            with phase("the DAGs"):
                dag_ids = [f"{paper.name}_{mode}" for paper in active() for mode in paper.schedules]
                await_dags(local, airflow, dag_ids)
            for dag_id in dag_ids:
                airflow.unpause(dag_id)
            if console.is_terminal:
                console.print(f"\nThe pipeline is up: {local.url}, user admin, password {local.secrets.admin}")
                console.print(f"The tables, to read: {local.news_url('reader')}")
            else:  # a log, which others may read
                console.print(f"\nThe pipeline is up: {local.url}, user admin")
                console.print(f"The passwords: {local.folder / 'secrets.json'}")
            console.print(f"Logs: {local.folder / 'logs'}. Ctrl-C stops everything.")
            while True:
                local.watch()
                sleep(1)
    except KeyboardInterrupt:
        console.print("stopped")
    except (LocalError, httpx.HTTPError) as error:
        console.print(f"the pipeline is down: {error}", markup=False)
        return 1
    return 0


def psql(site: Site) -> int:
    """Opens psql on the database that the demo or `up` left, as the reader. Returns psql's exit status."""
    folder = folder_of(site)
    if not (folder / "secrets.json").exists():
        console.print("there is no database yet: run make demo first")
        return 1
    server = Server(folder / "postgres")
    with ExitStack() as stack:
        with suppress(LocalError):  # in use: then its server runs, and is not ours to stop
            stack.enter_context(_alone(folder))
            stack.callback(server.stop)
        server.start()
        environment = os.environ | {"PGPASSWORD": Secrets.of(folder).reader}
        where = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "akhbar_reader", "news"]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's: it ends a query, not us
        return subprocess.call([server.tool("psql"), *where], env=environment)


def clean() -> None:
    """Stops and removes the local databases, wherever they lie."""
    for site in get_args(Site):
        folder = folder_of(site)
        end_leftovers(folder)
        Server(folder / "postgres").destroy()
