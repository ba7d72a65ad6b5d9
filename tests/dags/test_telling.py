"""What the keeper receives: over SMTP and HTTP, from servers that listen on this machine."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from akhbar.local.postgres import free_port
from tests.conftest import News
from tests.dags.conftest import RunDag
from tests.dags.test_runs import CHALLENGE
from tests.replica import Replica

FRONT_PAGE = "/newspaper/front-page/2016-01-22"


@dataclass
class Keeper:
    """Who is told: a mailbox, and a webhook that may be out of order."""

    mails: list[Message] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@contextmanager
def webhook(keeper: Keeper) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            keeper.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(keeper.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def keeper(news_db: News, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """A keeper who has named a mail server and a webhook."""
    keeper = Keeper()
    port = free_port()
    mailbox = Controller(keeper, hostname="127.0.0.1", port=port)
    mailbox.start()
    settings = {"from_email": "akhbar@example.org", "to": "keeper@example.org", "disable_ssl": True}
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": settings | {"disable_tls": True}}
    with webhook(keeper) as hook:
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(mail))
        monkeypatch.setenv("AIRFLOW_CONN_HOOK", f"http://127.0.0.1:{hook}")
        monkeypatch.setenv("AKHBAR_NOTIFY", "mail, hook")
        yield keeper
    mailbox.stop()


def test_a_refusal_is_told_once_and_once_more_when_it_is_over(run_dag: RunDag, site: Replica, keeper: Keeper) -> None:
    site.faults[FRONT_PAGE] = lambda: CHALLENGE
    for _ in range(2):
        assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22"}).state == "failed"
    (refused,) = [post["text"] for post in keeper.posts]
    assert refused.startswith("Dawn does not want to be read")
    site.faults.clear()
    assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22"}).state == "success"
    assert [post["text"].split(",")[0] for post in keeper.posts[1:]] == ["Over"]
    first, last = keeper.mails
    assert (first["To"], first["Subject"][:24]) == ("keeper@example.org", "akhbar: Dawn does not wa")
    assert "Over, after it began on" in last.as_string()


def an_edition_is_missing(news: News) -> None:
    """A newspaper that was read three days ago, and never since."""
    news.rows(
        "INSERT INTO runs (batch, source, mode, started_at, outcome) VALUES (%s, 'dawn', 'edition', %s, 'failed')",
        "dawn/old",
        datetime.now(UTC) - timedelta(days=3),
    )


def test_a_deadline_that_passed_is_told_by_mail_and_webhook(keeper: Keeper, news_db: News) -> None:
    from akhbar.airflow.notifications import look

    an_edition_is_missing(news_db)
    look(context={"dag_run": {"dag_id": "dawn_edition"}})
    (post,), (mail,) = keeper.posts, keeper.mails
    assert "was not stored by 10:00 Asia/Karachi: it was never run" in post["text"]
    assert mail.get_content_maintype() == "multipart"
    assert post["text"].split(":")[1].strip() in mail.as_string()


def test_a_run_stays_green_and_its_log_tells_when_nobody_can_be_reached(
    run_dag: RunDag, news_db: News, keeper: Keeper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    an_edition_is_missing(news_db)
    logging.getLogger("telling").addHandler(caplog.handler)
    keeper.status = 503
    monkeypatch.setenv("AKHBAR_NOTIFY", "hook, nobody")
    assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22"}).state == "success"
    said = caplog.text
    assert "not delivered by the connection hook (AirflowException: 503:Service Unavailable)" in said
    assert "not delivered by the connection nobody" in said
    keeper.status = 200
    assert run_dag("watch").state == "success"
    assert len(keeper.posts) == 2


def test_a_database_that_is_away_is_told_once(
    run_dag: RunDag, news_db: News, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setenv("AIRFLOW_CONN_NEWS_DB", "postgresql://akhbar_writer@127.0.0.1:1/news")
        assert [run_dag("watch").state for _ in range(2)] == ["failed", "failed"]
    (post,) = keeper.posts
    assert post["text"].startswith(
        "The database of the news cannot be asked, so nothing is stored: connection to server"
    )
    assert run_dag("watch").state == "success"
    assert [post["text"][:5] for post in keeper.posts[1:]] == ["Over:"]


@pytest.mark.usefixtures("airflow")
def test_words_of_the_site_call_nobody_in_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.airflow.notifications import notifier

    monkeypatch.setenv("AIRFLOW_CONN_ROOM", '{"conn_type": "slackwebhook", "host": "127.0.0.1", "password": "token"}')
    message: Any = notifier("room", "the newspaper refused: <!channel> & <http://127.0.0.1|look>")
    assert message.text == "the newspaper refused: &lt;!channel&gt; &amp; &lt;http://127.0.0.1|look&gt;"
