"""Where tasks find the news database."""

import psycopg2
import pytest

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
