"""What the operator receives by SMTP and HTTP."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import News, RunDag
from tests.dags.test_runs import CHALLENGE
from tests.inbox import Inbox
from tests.replica import Replica

FRONT_PAGE = "/newspaper/front-page/2016-01-22"


def test_a_block_is_reported_when_it_begins_and_when_it_ends(run_dag: RunDag, site: Replica, inbox: Inbox) -> None:
    site.faults[FRONT_PAGE] = lambda: CHALLENGE
    for _ in range(2):
        assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22"}).state == "failed"
    (refused,) = [post["text"] for post in inbox.posts]
    assert refused.startswith("Dawn blocks the crawler")
    site.faults.clear()
    assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22", "recheck": True}).state == "success"
    assert [post["text"].split(",")[0] for post in inbox.posts[1:]] == ["Resolved"]
    first, last = inbox.mails
    assert (first["To"], first["Subject"][:24]) == ("operator@example.org", "akhbar: Dawn blocks the ")
    assert "Resolved, open since" in last.as_string()


def an_edition_is_missing(news: News) -> None:
    """The newspaper was last read three days ago."""
    news.rows(
        "INSERT INTO runs (batch, source, mode, started_at, outcome) VALUES (%s, 'dawn', 'edition', %s, 'failed')",
        "dawn/old",
        datetime.now(UTC) - timedelta(days=3),
    )


def test_a_missed_deadline_is_reported_by_mail_and_webhook(inbox: Inbox, news_db: News) -> None:
    from akhbar.airflow.notifications import check_and_notify

    an_edition_is_missing(news_db)
    check_and_notify(context={"dag_run": {"dag_id": "dawn_edition"}})
    (post,), (mail,) = inbox.posts, inbox.mails
    assert "was not stored by 10:00 Asia/Karachi: no run was started" in post["text"]
    assert mail.get_content_maintype() == "multipart"
    assert post["text"].split(":")[1].strip() in mail.as_string()


def test_a_run_stays_green_and_logs_the_error_when_the_operator_cannot_be_reached(
    run_dag: RunDag, news_db: News, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    an_edition_is_missing(news_db)
    logging.getLogger("akhbar.airflow.notifications").addHandler(caplog.handler)
    inbox.status = 503
    monkeypatch.setenv("AKHBAR_NOTIFY", "hook, nobody")
    assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22"}).state == "success"
    assert "notification through the connection hook failed (AirflowException: 503:Service Unavailable)" in caplog.text
    assert "notification through the connection nobody failed" in caplog.text
    inbox.status = 200
    assert run_dag("watch").state == "success"
    assert len(inbox.posts) == 2


@pytest.mark.usefixtures("airflow")
def test_text_from_the_site_mentions_nobody_in_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.notifications import notifier

    monkeypatch.setenv("AIRFLOW_CONN_ROOM", '{"conn_type": "slackwebhook", "host": "127.0.0.1", "password": "token"}')
    message: Any = notifier("room", "the newspaper refused: <!channel> & <http://127.0.0.1|look>")
    assert message.text == "the newspaper refused: &lt;!channel&gt; &amp; &lt;http://127.0.0.1|look&gt;"


def test_without_a_connection_the_log_says_that_notifications_are_off(
    airflow: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from akhbar.airflow.notifications import deliver

    logging.getLogger("akhbar.airflow.notifications").addHandler(caplog.handler)
    monkeypatch.delenv("AKHBAR_NOTIFY", raising=False)
    assert deliver("an edition is missing") is False
    assert "notifications are off (AKHBAR_NOTIFY is not set): an edition is missing" in caplog.text


@pytest.mark.parametrize(
    ("connection", "reason"),
    [
        ('{"conn_type": "ftp", "host": "127.0.0.1"}', "connections of type 'ftp' cannot send notifications: use http"),
        ('{"conn_type": "smtp", "host": "127.0.0.1"}', "no recipient: add"),
    ],
)
def test_a_connection_that_cannot_be_used_is_an_error_with_advice(
    airflow: None, monkeypatch: pytest.MonkeyPatch, connection: str, reason: str
) -> None:
    from akhbar.airflow.notifications import notifier

    monkeypatch.setenv("AIRFLOW_CONN_DESK", connection)
    with pytest.raises(ValueError, match=reason):
        notifier("desk", "an edition is missing")
