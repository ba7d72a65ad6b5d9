"""What the tests share: one Postgres per session, a fresh migrated database per test, the replica newspaper,
Airflow."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from psycopg2 import sql
from upath import UPath

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server, free_port
from akhbar.settings import ROOT
from tests.inbox import Inbox, receiving
from tests.replica import Replica, replica

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

ROLES = ("akhbar_writer", "akhbar_reader", "akhbar_monitor", "akhbar_analyst")
PASSWORD = "secret"


def pytest_configure() -> None:
    """A test chooses its own settings; the settings of whoever runs the tests must not leak in."""
    for name in [name for name in os.environ if name.startswith(("AKHBAR_", "AIRFLOW_"))]:
        del os.environ[name]


def rows(url: str, query: str | sql.Composed, *parameters: Any) -> list[tuple[Any, ...]]:
    """What a statement returns, run in its own transaction; empty if it returns nothing."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []


def outside_transaction(url: str, statement: str | sql.Composed) -> None:
    """Runs a statement that is not allowed in a transaction, such as CREATE DATABASE."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)


def ascii_database(postgres: Server) -> str:
    """The URL of a new empty database that stores any bytes as text."""
    name = f"ascii_{os.getpid()}_{next(numbers)}"
    options = "ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
    outside_transaction(postgres.url(), sql.SQL(f"CREATE DATABASE {{}} {options}").format(sql.Identifier(name)))
    return postgres.url(name)


@dataclass(frozen=True)
class News:
    """A database of its own, migrated, as the owner and as each role sees it."""

    admin: str
    writer: str
    reader: str
    monitor: str
    analyst: str

    def rows(self, query: str, *parameters: Any, url: str | None = None) -> list[tuple[Any, ...]]:
        """What a query returns to the owner, or to another role by its URL."""
        return rows(url or self.admin, query, *parameters)

    def stories(self) -> dict[str, str]:
        """Every stored story's number and kind."""
        both = "SELECT story_id, kind FROM articles UNION ALL SELECT story_id, kind FROM editorials"
        stored = self.rows(both)
        assert len(stored) == len(dict(stored)), "a story is stored twice"
        return dict(stored)


@contextmanager
def empty_server(folder: Path, **options: str) -> Iterator[Server]:
    """A server with these Postgres settings, removed at the end. It is the one that TEST_POSTGRES names, if set: the
    folder of an installed Postgres's programs."""
    installed = os.environ.get("TEST_POSTGRES")
    server = Server(folder, options=options, installed=Path(installed) if installed else None)
    server.start()
    try:
        yield server
    finally:
        server.destroy()


@contextmanager
def migrated_server(folder: Path, **options: str) -> Iterator[Server]:
    """The same, with the migrated database `template_news` and passwords for the roles. `fresh_news` copies it."""
    with empty_server(folder, **options) as server:
        migrate(server.create_database("template_news"))
        for role in ROLES:
            rows(server.url(), sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), PASSWORD)
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The server that the tests of a session share."""
    with TemporaryDirectory(dir=_roomy_folder_in_memory(), prefix="akhbar-tests-") as folder:
        Path(folder).chmod(0o755)  # the server may run as another account
        options = {"fsync": "off", "max_connections": "60", "max_wal_size": "256MB"}
        options["unix_socket_directories"] = "."  # the data folder
        with migrated_server(Path(folder) / "postgres", **options) as server:
            yield server


def _roomy_folder_in_memory() -> Path | None:
    """Where a new database, some 300 files, costs 40 ms rather than up to 300; None if there is too little memory."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has a random name
    return memory if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM else None


ROOM = 4_000_000_000
"""Bytes that the databases of a session need at most, several times over."""

numbers = count()


@pytest.fixture
def news(postgres: Server) -> Iterator[News]:
    """A fresh database `news`, dropped after the test."""
    news = fresh_news(postgres)
    yield news
    name = sql.Identifier(news.admin.rsplit("/", 1)[1])
    outside_transaction(postgres.url(), sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def fresh_news(postgres: Server, template: str = "template_news") -> News:
    """A separate database, for tests that share one."""
    name = f"news_{os.getpid()}_{next(numbers)}"
    admin = postgres.create_database(name, template=template)
    for setting in ("search_path TO news, public", "default_text_search_config TO 'news.story'"):
        statement = sql.SQL(
            "ALTER DATABASE {} SET " + setting
        )  # settings of the template, which a copy does not inherit
        rows(admin, statement.format(sql.Identifier(name)))
    return News(admin, *(postgres.url(name, role, PASSWORD) for role in ROLES))


@pytest.fixture
def site() -> Iterator[Replica]:
    """The replica newspaper, on a free port."""
    with replica() as served:
        yield served


@pytest.fixture
def here(site: Replica, news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that read the replica into the fresh database; the archive's folder."""
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
    monkeypatch.setenv("AKHBAR_DATABASE_URL", news.writer)
    monkeypatch.setenv("AKHBAR_ARCHIVE", str(tmp_path / "archive"))
    return tmp_path / "archive"


@pytest.fixture(scope="session")
def airflow(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Airflow in this process, on its own migrated database. Do not import airflow before this fixture has run."""
    assert "airflow" not in sys.modules, "airflow was imported before its settings were made"
    settings = {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.create_database("airflow").replace("://", "+psycopg2://", 1),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # otherwise every process compiles airflow again
        patch.syspath_prepend(str(ROOT / "plugins"))
        migrated = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"], capture_output=True, text=True, check=False
        )
        assert migrated.returncode == 0, migrated.stderr[-2000:]
        yield
        from airflow.settings import dispose_orm

        dispose_orm()


RunDag = Callable[..., Any]


@pytest.fixture(scope="session")
def dags(airflow: None) -> "DagBag":
    """The DAGs folder as Airflow parses it, with the DAGs of every declared newspaper."""
    from airflow.dag_processing.dagbag import DagBag

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKHBAR_NEWSPAPERS", "all")
        return DagBag(ROOT / "dags")


def dag_named(name: str) -> Any:
    """A freshly parsed DAG, because a run leaves its parameters in the DAG object."""
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(ROOT / "dags").dags[name]
    dag.deadline = None  # dag.test() of Airflow 3.3.2 fails at the end of a run with a deadline; the scheduler does not
    return dag


@pytest.fixture
def news_db(airflow: None, here: Path, news: News, monkeypatch: pytest.MonkeyPatch) -> News:
    """The fresh database, available only as Airflow's connection `news_db`."""
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", news.writer)
    monkeypatch.delenv("AKHBAR_DATABASE_URL")
    return news


@pytest.fixture
def run_dag(news_db: News) -> RunDag:
    """Runs a DAG to its end; failed tasks are retried `retries` times, without delay."""

    def run(name: str, retries: int = 0, **arguments: Any) -> Any:
        dag = dag_named(name)
        for task in dag.tasks:
            task.retries = retries
            task.retry_exponential_backoff = 0
            task.retry_delay = timedelta(0)
        return dag.test(**arguments)

    return run


@pytest.fixture
def inbox(news_db: News, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """The inbox of an operator whose AKHBAR_NOTIFY names a mail server and a webhook."""
    with receiving() as (inbox, connections):
        for name, value in connections.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AKHBAR_NOTIFY", "mail, hook")
        yield inbox


@contextmanager
def bucket(address: str) -> Iterator[str]:
    """An S3 server at an address of this machine, named by the environment; the URL of an archive in it."""
    from moto.server import ThreadedMotoServer

    port = free_port()
    server = ThreadedMotoServer(ip_address=address, port=port, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{address}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        UPath("s3://newsroom").mkdir()
        yield "s3://newsroom/archive"
    server.stop()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The URL of an archive in a bucket. One per session, because fsspec keeps its clients."""
    with bucket("127.0.0.1") as url:
        yield url
