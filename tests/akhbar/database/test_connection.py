"""Connections to the database: errors say what happened and never show the password."""

from datetime import date
from pathlib import Path

import psycopg2
import pytest

from akhbar.database.connection import DatabaseError, connect, connected, transaction
from akhbar.local.postgres import Server
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, story
from tests.conftest import News


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://akhbar_writer:hu/sh@127.0.0.1:5432/news",
        "postgresql://akhbar_writer:hu@sh@127.0.0.1/news",
        "postgresql://akhbar_writer:hush%@127.0.0.1/news",
        "mysql://akhbar_writer:hush@127.0.0.1/news",
        "akhbar_writer hush",
    ],
)
def test_an_invalid_url_is_an_error_without_the_password(url: str) -> None:
    with pytest.raises(psycopg2.Error, match="the database URL is invalid") as failure:
        connect(url)
    assert "hu" not in str(failure.value)


def test_an_unreachable_database_is_an_error_without_the_password() -> None:
    url = "postgresql://akhbar_writer:hush@127.0.0.1:9/news"
    says = r"no run was checked: .*; fix the cause and try again"
    with pytest.raises(DatabaseError, match=f"(?s){says}") as failure, connected(url, "no run was checked"):
        pass
    assert "hush" not in str(failure.value)


def test_a_database_without_tables_is_an_error_that_says_what_to_do(postgres: Server) -> None:
    empty = postgres.create_database("no_tables_yet")
    with pytest.raises(DatabaseError, match="run akhbar migrate first"), transaction(empty) as cursor:
        cursor.execute("SELECT FROM news.runs")


def test_a_transaction_is_committed_at_its_end_and_rolled_back_on_an_error(news: News) -> None:
    with transaction(news.admin) as cursor:
        cursor.execute("CREATE TABLE kept (x integer)")
    with pytest.raises(DatabaseError, match="division by zero"), transaction(news.admin) as cursor:
        cursor.execute("INSERT INTO kept VALUES (1); SELECT 1 / 0")
    assert news.rows("SELECT x FROM kept") == []


def test_text_is_stored_in_utf_8_whatever_the_environment_says(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    assert stored_title("‘Łódź’ – سیاست", news, tmp_path) == "‘Łódź’ – سیاست"


def test_text_is_stored_in_utf_8_whatever_the_settings_of_the_database_say(news: News, tmp_path: Path) -> None:
    news.rows(f"ALTER DATABASE {news.admin.rpartition('/')[2]} SET client_encoding TO 'LATIN1'")
    assert stored_title("‘Łódź’ – سیاست", news, tmp_path) == "‘Łódź’ – سیاست"


def stored_title(title: str, news: News, folder: Path) -> str:
    """The title that the database holds after a load. Asserts that the product reads the same."""
    load_batch(batch(folder, "one", [story(1, title=title)]), news.writer)
    [(stored,)] = news.rows("SELECT convert_to(title, 'UTF8') FROM articles")
    with transaction(news.reader) as cursor:
        cursor.execute("SELECT title FROM articles")
        assert cursor.fetchall() == [(bytes(stored).decode(),)]
    return bytes(stored).decode()


def test_options_of_the_url_and_of_the_program_both_apply(news: News) -> None:
    connection = connect(f"{news.reader}?options=-c%20statement_timeout%3D7s", options="-c lock_timeout=8s")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert cursor.fetchone() == ("7s", "8s")
    connection.close()


def test_dates_that_python_cannot_represent_are_read_as_postgres_writes_them(news: News) -> None:
    with transaction(news.reader) as cursor:
        cursor.execute("SELECT date '0044-03-15 BC', timestamp 'infinity', ARRAY[date '10000-01-01', '2026-11-20']")
        assert cursor.fetchall() == [("0044-03-15 BC", "infinity", ["10000-01-01", date(2026, 11, 20)])]
