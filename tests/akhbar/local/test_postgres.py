"""The local Postgres server: its data, its passwords, and the folders it must not share with other users."""

import os
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest

from akhbar.local import postgres
from akhbar.local.postgres import PostgresError, Server, running


def query(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


def test_its_data_survive_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        query(server.create_database("news"), "CREATE TABLE kept (id integer)")
    assert not server.is_running()
    with running(tmp_path) as server:
        query(server.create_database("news"), "SELECT * FROM kept")
    server.destroy()


def test_a_server_that_was_already_running_is_left_running(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        with running(tmp_path) as second:
            assert second.port == first.port
        assert first.is_running()
    first.destroy()


def test_it_requires_a_password(tmp_path: Path) -> None:
    with (
        running(tmp_path) as server,
        pytest.raises(psycopg2.OperationalError, match="password authentication failed"),
    ):
        psycopg2.connect(server.url(password="wrong"))
    server.destroy()


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    server = Server(tmp_path, options={"shared_buffers": "none"})
    with pytest.raises(PostgresError, match=r'did not start on port .* invalid value for parameter "shared_buffers"'):
        server.start()
    server.destroy()


def test_a_command_in_the_name_of_a_folder_is_not_run() -> None:
    """`pg_ctl` starts the server through a shell."""
    with TemporaryDirectory(dir=postgres.PUBLIC_FOLDER, prefix="akhbar-test-") as place:
        Path(place).chmod(0o755)
        server = Server(Path(place) / "$(touch ran) `touch ran` \"; touch ran; '" / "postgres")
        with running(server.folder):
            assert server.is_running()
            assert list(Path(place).rglob("ran")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else's")
def test_a_public_folder_that_belongs_to_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "PUBLIC_FOLDER", tmp_path)
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    server = Server(hidden / "postgres")
    home = server.data.parent
    assert home.parent == tmp_path, "as root, under a folder that others cannot enter"
    home.mkdir()
    os.chown(home, 4242, 4242)
    with pytest.raises(PostgresError, match="belongs to another user"):
        server.start()
    home.rmdir()
    home.symlink_to(hidden)
    with pytest.raises(PostgresError, match="belongs to another user"):
        server.start()
