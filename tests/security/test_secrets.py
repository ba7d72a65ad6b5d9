"""Passwords appear in no message, whatever is wrong with their URL, and in no process list, log or file."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from akhbar.database.connection import connect
from akhbar.local.postgres import Server
from akhbar.local.stack import Secrets
from akhbar.settings import ROOT, InvalidSettingError, base_urls
from tests.conftest import News
from tests.replica import Replica

WRONG_URLS = [
    "postgresql//akhbar_writer:hush@127.0.0.1:9/news",
    "postgres:/akhbar_writer:hush@127.0.0.1:9/news",
    "postgresql+psycopg2://akhbar_writer:hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:100%hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:hush/hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:x@hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:hush@127.0.0.1:hush/news",
    "postgresql://127.0.0.1:9/news?password=hush=hush",
    "postgresql://akhbar_writer:x@x:hush/hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:x@127.0.0.1/hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:9/x?sslmode=hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer@editor:hush@127.0.0.1:9/news",
    "postgresql://akhbar_writer:hush/news",
    "postgresql://akhbar_writer:x/x?hush@127.0.0.1:9/news",
    "host=127.0.0.1 port=9 pasword=hush",
    "host=127.0.0.1 port=9 password=x hush",
    "host=127.0.0.1 port=9 password='hush",
    "host=127.0.0.1 port=hush",
    "akhbar_writer:hush@127.0.0.1/news",
    "hush",
]


def akhbar(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "akhbar.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | settings, check=False)


@pytest.mark.parametrize("url", WRONG_URLS)
def test_an_invalid_url_is_an_error_without_the_password(url: str) -> None:
    with pytest.raises(psycopg2.Error) as failure:
        connect(url)
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://akhbar_writer:h%2Fu%40s%25h:?#[]!$&'()*+,;=~@127.0.0.1:9/news",
        "postgresql://akhbar_writer:hush@127.0.0.1:9,localhost:9,[::1]:9/news?target_session_attrs=any",
        "postgres://akhbar_writer:hush@localhost:9",
    ],
)
def test_every_password_and_host_list_that_postgres_accepts_is_accepted(url: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="Connection refused") as failure:
        connect(url)
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize("command", [["migrate"], ["run", "dawn", "--latest"], ["export", "--table", "stories"]])
@pytest.mark.parametrize("url", [WRONG_URLS[0], "postgresql://akhbar_writer:hush@127.0.0.1:9/news"])
def test_a_command_that_cannot_connect_gives_a_one_line_error_without_the_password(
    command: list[str], url: str, site: Replica, tmp_path: Path
) -> None:
    settings = {"AKHBAR_DATABASE_URL": url, "AKHBAR_ADMIN_DATABASE_URL": url, "AKHBAR_ARCHIVE": str(tmp_path)}
    done = akhbar(*command, **settings, AKHBAR_DAWN_BASE_URL=site.url)
    assert done.returncode == 1
    assert done.stderr.startswith("akhbar: ")
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stdout + done.stderr
    assert site.paths == [], "pages were fetched that could not be stored"


def test_a_password_in_the_url_of_a_site_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://me:hush@mirror.example")
    with pytest.raises(InvalidSettingError, match="AKHBAR_DAWN_BASE_URL contains a user or password") as failure:
        base_urls()
    assert "hush" not in str(failure.value)


@pytest.mark.parametrize("command", [["clean", "s3://me:hush@bucket/dawn/one"], ["run", "dawn", "--latest"]])
def test_a_password_in_the_url_of_the_archive_is_refused(command: list[str], news: News, site: Replica) -> None:
    settings = {"AKHBAR_DATABASE_URL": news.writer, "AKHBAR_DAWN_BASE_URL": site.url}
    done = akhbar(*command, **settings, AKHBAR_ARCHIVE="s3://me:hush@bucket/archive")
    assert done.returncode == 2
    assert done.stderr.startswith("akhbar: the archive's URL contains a password")
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stdout + done.stderr
    assert site.paths == []


PEEK = """
import json, os, pathlib, sys
out = pathlib.Path(os.environ["PEEK"])
for entry in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        if (entry / "environ").read_bytes().find(os.environ["PEEK"].encode()) >= 0:
            out.open("ab").write((entry / "cmdline").read_bytes() + b"\\n")
    except OSError:
        pass
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="requires /proc")
def test_a_runs_password_is_in_no_process_list_log_or_batch(
    here: Path, news: News, site: Replica, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"

    def peek() -> Any:
        """Records the process list during the crawl, then answers as usual."""
        subprocess.run([sys.executable, "-c", PEEK], env=os.environ | {"PEEK": str(seen)}, check=True)
        del site.faults["/robots.txt"]
        return site.answer("/robots.txt")

    site.faults["/robots.txt"] = peek
    password = "hush-of-the-writer"
    news.rows(f"ALTER ROLE akhbar_writer PASSWORD '{password}'")
    try:
        url = news.writer.replace(":secret@", f":{password}@")
        done = akhbar("run", "dawn", "--edition", "2026-06-19", AKHBAR_DATABASE_URL=url, PEEK=str(seen))
    finally:
        news.rows("ALTER ROLE akhbar_writer PASSWORD 'secret'")
    assert done.returncode == 0, done.stderr
    assert b"akhbar.crawl.process" in seen.read_bytes()
    left = [file.read_bytes() for file in here.rglob("*") if file.is_file()]
    assert len(left) > 5
    for shown in (seen.read_bytes(), done.stdout.encode(), done.stderr.encode(), *left):
        assert password.encode() not in shown
    assert password not in str(news.rows("SELECT to_jsonb(r) FROM runs r UNION ALL SELECT to_jsonb(p) FROM pages p"))


# --- files ----------------------------------------------------------------------------------------------------------


def test_only_their_owner_can_read_files_with_secrets(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        Secrets.load_or_create(tmp_path)
        server = Server(tmp_path / "postgres")
        server.start()
        server.stop()
    finally:
        os.umask(mask)
    secret_files = [tmp_path / "secrets.json", server.data.parent / "superuser-password"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in secret_files] == [0o600, 0o600]
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert len(set(json.loads(secret_files[0].read_text()).values())) == len(Secrets.__annotations__)
    server.destroy()
