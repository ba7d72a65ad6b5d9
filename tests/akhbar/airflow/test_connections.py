"""Where tasks find the news database."""

import json

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from akhbar.database.connection import connect
from akhbar.settings import MissingSettingError
from tests.conftest import News


def test_the_connection_news_db_is_used_first(airflow: None, news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.connections import database_url

    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", news.writer)
    monkeypatch.setenv("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer@127.0.0.1:1/other")
    with psycopg2.connect(database_url()) as connection:
        assert connection.info.user == "akhbar_writer"
        assert connection.info.dbname == news.writer.rpartition("/")[2]


def test_without_the_connection_the_setting_is_used(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.connections import database_url

    monkeypatch.setenv("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer@127.0.0.1:1/news")
    assert database_url() == "postgresql://akhbar_writer@127.0.0.1:1/news"


def test_without_either_the_error_names_the_setting(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.connections import database_url

    monkeypatch.delenv("AKHBAR_DATABASE_URL", raising=False)
    with pytest.raises(MissingSettingError, match="AKHBAR_DATABASE_URL is not set"):
        database_url()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://akhbar_writer:hush@one:5432,two:5433/news?target_session_attrs=read-write",
        "postgres://akhbar_writer:p@ss:w/ord@127.0.0.1/news",
    ],
)
def test_a_url_in_the_environment_is_left_to_libpq(airflow: None, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.connections import database_url

    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", url)
    assert database_url() == url


def test_every_field_of_a_connection_is_used(airflow: None, news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.connections import database_url

    given = parse_dsn(news.writer)
    fields = {"conn_type": "postgres", "login": given["user"], "schema": given["dbname"], "port": int(given["port"])}
    extra = {"options": "-c statement_timeout=7s"}
    connection = {**fields, "host": given["host"], "password": given["password"], "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", json.dumps(connection))
    with connect(database_url()) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('statement_timeout')")
        assert cursor.fetchone() == ("akhbar_writer", "7s")
