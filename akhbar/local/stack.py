"""Runs the whole pipeline on one machine, without Docker: Postgres, Airflow and, for the demo, the replica newspaper.

Its state is stored in `.local` in the checkout (or AKHBAR_LOCAL), in separate folders for the live site and the
replica, so that their stories never share a table. All ports are on 127.0.0.1.
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
from urllib.parse import urlsplit

import httpx
import psycopg2
from psycopg2 import sql
from rich.console import Console

from akhbar import settings
from akhbar.database.connection import connect, message_of
from akhbar.database.migrate import migrate
from akhbar.local.airflow_api import Airflow
from akhbar.local.postgres import Server, free_port
from akhbar.local.processes import process, stop_all
from akhbar.newspaper import Newspaper
from akhbar.newspapers import active, declared
from akhbar.signals import stop_on_signals

Site = Literal["live", "replica"]
Role = Literal["reader", "analyst", "bi", "monitor", "writer", "owner"]
REPLICAS = settings.ROOT / "tests" / "pages"
"""The test pages: a folder for each newspaper. That of a replica is a whole site."""

COMPONENTS = {
    "api-server": ["api-server"],
    # without its log server, which would listen on all interfaces; the logs are on the local disk
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
}
UI_PORT = 8080
STARTUP_TIMEOUT = 120
"""Seconds. Airflow usually needs 10 to 25."""

console = Console(highlight=False, record=True, width=None if sys.stdout.isatty() else 110)


class LocalError(Exception):
    """The local stack failed; the message says why and what to do."""


@dataclass
class Secrets:
    """Random passwords and keys, created once per folder, in a file that only its owner can read."""

    fernet_key: str
    jwt_secret: str
    api_secret: str
    admin: str
    airflow: str
    writer: str
    reader: str
    monitor: str
    bi: str
    analyst: str

    @classmethod
    def load_or_create(cls, folder: Path) -> "Secrets":
        file = folder / "secrets.json"
        stored = json.loads(file.read_text()) if file.exists() else {}
        created = {name: secrets.token_urlsafe(24) for name in cls.__annotations__}
        created["jwt_secret"] = secrets.token_urlsafe(48)  # as long as the signature's hash (RFC 7518, section 3.2)
        created["fernet_key"] = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        _write_private(file, json.dumps(created | stored, indent=2))
        return cls(**(created | stored))


def _write_private(file: Path, text: str) -> None:
    """Atomically writes a file that only its owner can read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    unfinished.replace(file)


@dataclass
class LocalStack:
    """A running local stack: its folder, secrets and Postgres, and the port of Airflow's UI."""

    folder: Path
    secrets: Secrets
    postgres: Server
    port: int
    replicas: dict[str, str] = field(default_factory=dict)
    """URLs of the replicas that are crawled instead of the live sites, by newspaper."""
    components: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    """Airflow's processes, by name."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def news_url(self, role: Literal["writer", "reader", "monitor", "analyst"]) -> str:
        return self.postgres.url("news", f"akhbar_{role}", getattr(self.secrets, role))

    def airflow_database_url(self) -> str:
        return self.postgres.url("airflow", "airflow", self.secrets.airflow).replace("://", "+psycopg2://", 1)

    def watch(self) -> None:
        """Raises `LocalError`, with the end of its log, if one of Airflow's components has exited."""
        for name, component in self.components.items():
            if component.poll() is not None:
                raise LocalError(_exited(f"airflow {name}", self.folder / "logs" / f"{name}.log"))

    def environment(self) -> dict[str, str]:
        """The environment of Airflow's components, their tasks and the command line."""
        home = self.folder / "airflow"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # otherwise every process compiles all of Airflow
        for name in ("no_proxy", "NO_PROXY"):
            # a proxy cannot reach this machine's loopback address
            environment[name] = ",".join(filter(None, [environment.get(name), "127.0.0.1"]))
        environment |= {
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
            # The default of 1 s delays each task of a run; 0.25 s costs about 5 % of a core.
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
            "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
            # A worker is released at the first heartbeat after its task has ended.
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            # A task that starts before the api-server is ready keeps retrying for about a minute.
            "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "15",
            "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "10",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW_CONN_NEWS_DB": self.news_url("writer"),
            "AIRFLOW_CONN_NEWS_MONITOR": self.news_url("monitor"),  # for the Newsroom page
            "AKHBAR_DATABASE_URL": self.news_url("writer"),
            "AKHBAR_ARCHIVE": str(self.folder / "archive"),
        }
        if self.replicas:  # any other active newspaper would be crawled on its live site
            environment["AKHBAR_NEWSPAPERS"] = ",".join(self.replicas)
        for name, url in self.replicas.items():
            environment[f"AKHBAR_{name.upper()}_BASE_URL"] = url
        return environment


def folder_of(site: Site) -> Path:
    return Path(os.environ.get("AKHBAR_LOCAL") or settings.ROOT / ".local") / site


@contextmanager
def running(site: Site, port: int) -> Iterator[LocalStack]:
    """Starts Postgres, both databases and Airflow, and stops everything at the end of the block.

    Raises `LocalError` if a part does not start, or if the folder is in use.
    """
    folder = folder_of(site)
    with ExitStack() as stack:
        stack.enter_context(_locked(folder))
        local = LocalStack(folder, Secrets.load_or_create(folder), Server(folder / "postgres"), port)
        with phase("Starting Postgres"):
            local.postgres.start()
            stack.callback(local.postgres.stop)  # also if a killed run left it running
        if site == "replica":
            local.replicas = stack.enter_context(_replicas(folder))
        environment = local.environment()
        with phase("Migrating the databases news and airflow"):
            _migrate(local, environment)
        with phase("Starting Airflow"):
            for name, arguments in COMPONENTS.items():
                command = [sys.executable, "-m", "airflow", *arguments]
                local.components[name] = stack.enter_context(process(name, command, environment, folder))
            stack.callback(stop_all, folder)  # stops all at the same time, which is faster than one by one
            _await_health(local)
        yield local


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Locks a folder for the duration of a block, because two stacks in it would run each other's tasks."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(f"{folder} is in use by another make demo, up or psql: stop that one first") from None
        stop_all(folder)
        yield


@contextmanager
def phase(what: str) -> Iterator[None]:
    """Shows a spinner during a block, and then how long the block took."""
    started_at = monotonic()
    with console.status(f"{what} …"):
        yield
    console.print(f"  {what} … {monotonic() - started_at:.1f} s")


@contextmanager
def _replicas(folder: Path) -> Iterator[dict[str, str]]:
    ports = {paper.name: free_port() for paper in replicated()}
    sites = [f"{name}={port}" for name, port in ports.items()]
    command = [sys.executable, "-m", "tests.replica", "--edits", *sites]
    with process("replica", command, dict(os.environ), folder) as started:

        def watch() -> None:
            if started.poll() is not None:
                raise LocalError(_exited("the replica newspapers", folder / "logs" / "replica.log"))

        _await("the replica newspapers", folder / "logs", lambda: all(map(_answers, ports.values())), watch)
        yield {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}


def replicated() -> list[Newspaper]:
    """The declared newspapers that have a replica, sorted by name. A site has a robots.txt; a folder of test cases, as
    `akhbar page` saves them, has none."""
    return [paper for paper in declared() if (REPLICAS / paper.name / "robots.txt").is_file()]


def _migrate(local: LocalStack, environment: dict[str, str]) -> None:
    """Migrates both databases, in parallel, and sets the roles' passwords."""
    for name in ("news", "airflow"):
        local.postgres.create_database(name)
    _create_airflow_role(local)
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
        migrated = airflow.result()
    if migrated.returncode:
        raise LocalError(f"airflow db migrate failed: {(migrated.stderr or migrated.stdout).strip()[-1500:]}")


def _create_airflow_role(local: LocalStack) -> None:
    """Creates Airflow's own role, so that its tasks do not get the superuser's password."""
    with closing(connect(local.postgres.url())) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'airflow'")
        if not cursor.fetchone():
            cursor.execute("CREATE ROLE airflow LOGIN")
        cursor.execute("ALTER ROLE airflow PASSWORD %s", [local.secrets.airflow])
        cursor.execute("ALTER DATABASE airflow OWNER TO airflow")


def _set_passwords(local: LocalStack) -> None:
    for role in ("writer", "reader", "monitor", "analyst"):
        _let_in(local.postgres, role, getattr(local.secrets, role))


def _let_in(server: Server, role: str, password: str) -> None:
    statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
    with closing(connect(server.url("news"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(f"akhbar_{role}"), sql.Literal(password)))


def _await_health(local: LocalStack) -> None:
    def healthy() -> bool:
        try:
            health = httpx.get(f"{local.url}/api/v2/monitor/health", timeout=5, trust_env=False).json()
            return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor"))
        except (httpx.HTTPError, KeyError, ValueError):
            return False

    _await("Airflow", local.folder / "logs", healthy, local.watch)


def await_dags(local: LocalStack, airflow: Airflow, dag_ids: Collection[str]) -> None:
    """Waits until Airflow has parsed the DAGs."""
    _await(
        f"the DAGs {', '.join(dag_ids)}",
        local.folder / "logs",
        lambda: set(dag_ids) <= set(airflow.newspaper_dags()),
        local.watch,
    )


def _await(what: str, logs: Path, is_ready: Callable[[], bool], watch: Callable[[], None]) -> None:
    deadline = monotonic() + STARTUP_TIMEOUT
    while not is_ready():
        watch()
        if monotonic() > deadline:
            raise LocalError(f"{what} not ready after {STARTUP_TIMEOUT} s; the logs are in {logs}")
        sleep(0.2)


def _exited(what: str, log: Path) -> str:
    return f"{what} exited; the end of its log, {log}:\n{log.read_text(errors='replace')[-1500:]}"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def up(site: Site) -> int:
    """Runs the pipeline in the foreground until interrupted. Returns the exit status."""
    if _answers(UI_PORT):
        console.print(f"port {UI_PORT} on 127.0.0.1 is in use: stop the pipeline or program that uses it")
        return 2
    if site == "live" and not settings.contact() and (live := _crawled_live()):
        console.print(
            f"AKHBAR_CONTACT is not set: set it to your contact address, which the crawler sends to {', '.join(live)}"
        )
        return 2
    if site == "replica" and (others := [paper.name for paper in active() if paper not in replicated()]):
        console.print(f"not crawled, since they have no replica: {', '.join(others)}. To crawl them, omit SITE=replica")
    stop_on_signals()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        with running(site, UI_PORT) as local:
            airflow = Airflow(local.url, "admin", local.secrets.admin)
            with phase("Waiting for the DAGs"):
                papers = replicated() if site == "replica" else active()
                dag_ids = [f"{paper.name}_{mode}" for paper in papers for mode in paper.schedules]
                await_dags(local, airflow, dag_ids)
            for dag_id in dag_ids:
                airflow.unpause(dag_id)
            if console.is_terminal:
                console.print(f"\nThe pipeline is up: {local.url}, user admin, password {local.secrets.admin}")
                console.print(f"Read-only database: {local.news_url('reader')}")
            else:  # a log, which other people may read
                console.print(f"\nThe pipeline is up: {local.url}, user admin")
                console.print(f"Passwords: {local.folder / 'secrets.json'}")
            console.print(f"Logs: {local.folder / 'logs'}. Ctrl-C stops everything.")
            while True:
                local.watch()
                sleep(1)
    except KeyboardInterrupt:
        console.print("stopped")
    except (LocalError, httpx.HTTPError) as error:
        console.print(f"the pipeline has stopped: {error}", markup=False)
        return 1
    return 0


def _crawled_live() -> list[str]:
    """The hosts of the active newspapers, without those of which a copy on this machine is crawled."""
    copies = settings.base_urls()
    homes = (copies.get(paper.name, paper.home_page) for paper in active())
    return [urlsplit(home).netloc for home in homes if not settings.is_loopback(home)]


def psql(site: Site) -> int:
    """Opens psql, as akhbar_reader, on the database of the demo or of `up`. Returns psql's exit status."""
    try:
        server = _existing(site)
    except LocalError as error:
        console.print(error)
        return 1
    with ExitStack() as stack:
        with suppress(LocalError):  # in use: its server is running
            stack.enter_context(_locked(folder_of(site)))
        if server.start():  # one that was running already, after akhbar db url, keeps running
            stack.callback(server.stop)
        environment = os.environ | {"PGPASSWORD": Secrets.load_or_create(folder_of(site)).reader}
        where = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "akhbar_reader", "news"]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # psql handles Ctrl-C: it cancels the query
        return subprocess.call([server.tool("psql"), *where], env=environment)


def open_database(site: Site, role: Role) -> tuple[str, bool]:
    """The URL of the database of the demo or of `up`, and whether its server had to be started. It keeps running.

    Raises `LocalError` if there is no database.
    """
    server = _existing(site)
    with ExitStack() as stack:
        with suppress(LocalError):
            stack.enter_context(_locked(folder_of(site)))
        has_started = server.start()
    try:
        if role == "owner":
            connect(server.url("news")).close()
            return server.url("news"), has_started
        password = getattr(Secrets.load_or_create(folder_of(site)), role)
        _let_in(server, role, password)  # akhbar_bi has no login until somebody wants it
        return server.url("news", f"akhbar_{role}", password), has_started
    except psycopg2.Error as error:
        if has_started:
            server.stop()
        raise LocalError(
            f"the database has no tables ({message_of(error)}): run {STARTERS[site]} to its end"
        ) from error


def close_database(site: Site) -> None:
    """Stops the server that `open_database` has left running.

    Raises `LocalError` if there is no database, or if another command is using it.
    """
    server = _existing(site)
    with _locked(folder_of(site)):
        server.stop()


STARTERS: dict[Site, str] = {"replica": "make demo", "live": "make up"}


def _existing(site: Site) -> Server:
    if not (folder_of(site) / "secrets.json").exists():
        raise LocalError(f"no database exists yet: run {STARTERS[site]} first")
    return Server(folder_of(site) / "postgres")


def clean() -> None:
    """Stops the local databases and deletes them, wherever they are."""
    for site in get_args(Site):
        folder = folder_of(site)
        stop_all(folder)
        Server(folder / "postgres").destroy()
