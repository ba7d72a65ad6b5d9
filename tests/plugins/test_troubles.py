"""What the page says when there is nothing to show, and what it answers to addresses that are not right."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg2.errors import ReadOnlySqlTransaction

from akhbar.local.postgres import Server, free_port
from tests.conftest import PASSWORD, News
from tests.plugins.conftest import Month

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_an_empty_database_says_how_to_begin(viewer: "TestClient", news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", news.monitor)
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 200
    assert "Nothing has been read yet" in answer.text
    assert 'href="/dags/dawn_edition"' in answer.text


def test_a_database_without_tables_asks_for_the_migration(
    viewer: "TestClient", postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.create_database("never_migrated")
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", postgres.url("never_migrated", "akhbar_monitor", PASSWORD))
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 503
    assert "The database is not migrated" in answer.text
    assert "akhbar migrate" in answer.text


def test_a_database_that_is_away_is_told_apart(viewer: "TestClient", monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://akhbar_monitor:secret@127.0.0.1:{free_port()}/news"
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", url)
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    assert "secret" not in answer.text
    assert viewer.get("/newsroom/api/newspapers").json()["detail"].startswith("The database does not answer")


def test_a_connection_that_nobody_made_is_asked_for(viewer: "TestClient", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_NEWS_MONITOR", raising=False)
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 503
    assert "AIRFLOW_CONN_NEWS_MONITOR" in answer.text


def test_the_page_can_change_nothing(
    airflow: None, connected: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newsroom import questions

    (tmp_path / "delete.sql").write_text("DELETE FROM news.pages RETURNING 1 AS stories")
    monkeypatch.setattr(questions, "QUESTIONS", tmp_path)
    opened = questions.database()
    with pytest.raises(ReadOnlySqlTransaction):
        next(opened).ask("delete", questions.Changed)
    opened.close()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("herald", 404),
        ("dawn/runs/999999", 404),
        ("dawn/runs/99999999999999999999", 422),
        ("dawn/stories/nothing", 404),
        ("dawn/stories/a%00b", 422),
        ("dawn/rejects/1000", 404),
        ("dawn/editions/2026-02-30", 422),
        ("dawn/stories?day=yesterday", 422),
        ("dawn/stories?page=0", 422),
        ("dawn/stories?section=%00", 422),
        ("dawn/runs?mode=weekly", 422),
    ],
)
def test_an_address_that_is_not_right_gets_one_clear_answer(
    viewer: "TestClient", connected: Month, path: str, code: int
) -> None:
    answer = viewer.get(f"/newsroom/{path}")
    assert answer.status_code == code
    assert "<h1>" in answer.text
