"""The DAG `watch`."""

from typing import TYPE_CHECKING

import pytest

from tests.conftest import News, RunDag
from tests.inbox import Inbox

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_it_is_active_without_being_unpaused(dags: "DagBag") -> None:
    watch = dags.dags["watch"]
    assert watch.is_paused_upon_creation is False
    assert "**When it fails**" in (watch.get_task("check_and_notify").doc_md or "")


def test_an_unavailable_database_is_reported_once(
    run_dag: RunDag, news_db: News, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setenv("AIRFLOW_CONN_NEWS_DB", "postgresql://akhbar_writer@127.0.0.1:1/news")
        assert [run_dag("watch").state for _ in range(2)] == ["failed", "failed"]
    (post,) = inbox.posts
    assert post["text"].startswith("The news database is unavailable, so nothing is being stored: connection to server")
    assert run_dag("watch").state == "success"
    assert [post["text"][:9] for post in inbox.posts[1:]] == ["Resolved:"]
