"""The local stack, as far as it works without Airflow: the demo's tests start all of it."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from akhbar.database.connection import connect
from akhbar.local import stack
from akhbar.local.postgres import Server, free_port
from akhbar.local.stack import LocalError, LocalStack, Secrets, psql, running, up
from akhbar.newspapers import newspaper
from tests.akhbar.command import akhbar


@pytest.fixture
def local(postgres: Server, tmp_path: Path) -> LocalStack:
    return LocalStack(tmp_path, Secrets.load_or_create(tmp_path), postgres, 8080)


def test_the_live_site_is_not_crawled_without_a_contact_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AKHBAR_CONTACT", raising=False)
    assert up("live") == 2
    assert "set it to your contact address" in " ".join(capsys.readouterr().out.split())


def test_copies_on_this_machine_are_crawled_without_a_contact_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise LocalError("it was started")

    monkeypatch.setattr(stack, "running", stopped)
    monkeypatch.setattr(stack, "UI_PORT", free_port())
    monkeypatch.setattr(stack, "stop_on_signals", lambda: None)
    monkeypatch.delenv("AKHBAR_CONTACT", raising=False)
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "dawn,guardian")
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9000")
    assert up("live") == 2
    assert "which the crawler sends to www.theguardian.com" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setenv("AKHBAR_GUARDIAN_BASE_URL", "http://localhost:9001")
    assert up("live") == 1
    assert "it was started" in capsys.readouterr().out


def test_a_folder_of_saved_pages_is_no_replica(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "REPLICAS", tmp_path)
    for file in ("dawn/robots.txt", "guardian/world/2026/nov/05/ferries.html"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    assert [paper.name for paper in stack.replicated()] == ["dawn"]


def test_active_newspapers_without_a_replica_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stack, "running", stopped)
    monkeypatch.setattr(stack, "UI_PORT", free_port())
    monkeypatch.setattr(stack, "stop_on_signals", lambda: None)
    monkeypatch.setattr(stack, "replicated", lambda: [newspaper("dawn")])
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "dawn,guardian")
    up("replica")
    assert "not crawled, since they have no replica: guardian." in capsys.readouterr().out


def test_secrets_are_created_once_and_then_loaded(tmp_path: Path) -> None:
    assert Secrets.load_or_create(tmp_path) == Secrets.load_or_create(tmp_path)
    assert Secrets.load_or_create(tmp_path) != Secrets.load_or_create(tmp_path / "other")


def test_settings_of_another_airflow_are_not_inherited(local: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", "http://example.org")
    environment = local.environment()
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW_CONN_OTHER" not in environment


def test_local_addresses_bypass_a_proxy(local: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.delenv("NO_PROXY", raising=False)
    environment = local.environment()
    assert environment["no_proxy"] == "example.org,127.0.0.1"
    assert environment["NO_PROXY"] == "127.0.0.1"


def test_the_databases_are_reached_without_the_superusers_password(local: LocalStack) -> None:
    superuser = local.postgres.url("news").split(":")[2].partition("@")[0]
    assert superuser not in "".join(local.environment().values())


def test_with_the_replica_no_newspaper_is_read_live(local: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "all")
    assert local.environment()["AKHBAR_NEWSPAPERS"] == "all"
    local.replicas = {"dawn": "http://127.0.0.1:9000"}
    environment = local.environment()
    assert (environment["AKHBAR_NEWSPAPERS"], environment["AKHBAR_DAWN_BASE_URL"]) == ("dawn", "http://127.0.0.1:9000")


def test_a_component_that_has_exited_is_reported_with_the_end_of_its_log(local: LocalStack) -> None:
    (local.folder / "logs").mkdir()
    (local.folder / "logs" / "scheduler.log").write_text("port 8793 is in use\n")
    exited = subprocess.Popen([sys.executable, "-c", ""])
    exited.wait()
    local.components["scheduler"] = exited
    with pytest.raises(LocalError, match=r"airflow scheduler exited[\s\S]*port 8793 is in use"):
        local.watch()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program's lock on a folder."""
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_two_stacks_do_not_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_LOCAL", str(tmp_path))
    with locked(tmp_path / "replica"), pytest.raises(LocalError, match="in use by another"), running("replica", 0):
        pass


def test_up_refuses_a_port_that_is_in_use(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack, "UI_PORT", postgres.port)
    assert up("replica") == 2
    assert f"port {postgres.port} on 127.0.0.1 is in use" in capsys.readouterr().out


def test_psql_without_a_database_says_how_to_create_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKHBAR_LOCAL", str(tmp_path))
    assert psql("replica") == 1
    assert "run make demo first" in capsys.readouterr().out


@pytest.fixture
def left_by_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A local database whose server is not running; it has the roles and no tables."""
    monkeypatch.setenv("AKHBAR_LOCAL", str(tmp_path))
    server = Server(tmp_path / "replica" / "postgres")
    server.start()
    with closing(connect(server.create_database("news"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE ROLE akhbar_reader LOGIN; CREATE ROLE akhbar_analyst LOGIN; CREATE ROLE akhbar_bi")
    server.stop()
    Secrets.load_or_create(tmp_path / "replica")
    yield server
    server.destroy()


def test_the_url_of_the_local_database_is_one_line_that_works_until_it_is_stopped(left_by_the_demo: Server) -> None:
    first = akhbar("db", "url")
    assert (first.returncode, first.stdout.count("\n")) == (0, 1)
    assert "akhbar db stop stops it" in first.stderr
    second = akhbar("db", "url")
    assert (second.stdout, second.stderr) == (first.stdout, "")
    for role, user in [("analyst", "akhbar_analyst"), ("bi", "akhbar_bi"), ("owner", "postgres")]:
        printed = akhbar("db", "url", "--role", role)
        psql = [str(left_by_the_demo.tool("psql")), "-Atc", "SELECT current_user", printed.stdout.strip()]
        assert subprocess.run(psql, capture_output=True, text=True, check=False).stdout == f"{user}\n"
    assert akhbar("db", "stop").returncode == 0
    assert not left_by_the_demo.is_running()


def test_the_url_of_a_missing_database_is_an_error_that_says_how_to_create_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_LOCAL", str(tmp_path))
    for arguments, says in [(["url"], "make demo"), (["url", "--site", "live"], "make up"), (["stop"], "make demo")]:
        done = akhbar("db", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"akhbar: no database exists yet: run {says} first\n"


def test_a_database_without_tables_is_an_error_and_is_not_left_running(left_by_the_demo: Server) -> None:
    done = akhbar("db", "url", "--role", "monitor")
    assert (done.returncode, done.stdout) == (1, "")
    assert 'the database has no tables (role "akhbar_monitor" does not exist): run make demo to its end' in done.stderr
    assert not left_by_the_demo.is_running()
