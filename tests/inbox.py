"""Where the operator's notifications arrive in tests: an SMTP server and a webhook on this machine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

from akhbar.local.postgres import free_port


@dataclass
class Inbox:
    """What was received. `status` is what the webhook answers."""

    mails: list[Message] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@contextmanager
def receiving() -> Iterator[tuple[Inbox, dict[str, str]]]:
    """The inbox, and the settings of the Airflow connections `mail` and `hook` that lead to it."""
    inbox = Inbox()
    port = free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    extra = {"from_email": "akhbar@example.org", "to": "operator@example.org", "disable_ssl": True, "disable_tls": True}
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
    with _webhook(inbox) as hook:
        yield inbox, {"AIRFLOW_CONN_MAIL": json.dumps(mail), "AIRFLOW_CONN_HOOK": f"http://127.0.0.1:{hook}"}
    server.stop()


@contextmanager
def _webhook(inbox: Inbox) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            inbox.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(inbox.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()
