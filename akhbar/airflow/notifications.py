"""Has the keeper told of what is wrong, through the Airflow connections that AKHBAR_NOTIFY names.

`akhbar.maintenance.alerts` decides what there is to tell; here it is only delivered. Deadlines that passed,
tasks that failed, checks that were made and the DAG `watch` all look in the same way: it depends on the database alone
what is found, so that it never matters which of them came first.
"""

import html
import logging
from collections.abc import Callable
from textwrap import shorten
from typing import Any

import psycopg2
from airflow.sdk import Connection
from airflow.sdk.bases.notifier import BaseNotifier

from akhbar import settings
from akhbar.airflow.connections import database_url
from akhbar.maintenance.alerts import tell

logger = logging.getLogger(__name__)

PATIENCE = 15
"""Seconds that a server which takes messages may take to answer."""


def look(context: Any = None) -> None:
    """A callback: tells of what began and of what is over. It never fails, so that no run turns red by it."""
    try:
        tell(database_url(), deliver)
    except psycopg2.Error as error:
        logger.error("nobody could be told of anything, since the database cannot be asked: %s", str(error).strip())
    except Exception:
        logger.exception("nobody could be told of anything")


def deliver(message: str) -> bool:
    """Sends a message by every notifier there is. True if at least one took it; the log holds why another did not."""
    arrived = False
    for name in settings.notify():
        try:
            notifier(name, message).notify({})
            arrived = True
        except Exception as error:  # whatever a provider raises: the run must not turn red by it
            why = f"{type(error).__name__}: {error}"
            logger.error("not delivered by the connection %s (%s): %s", name, why, message)
    if not settings.notify():
        logger.warning("nobody is told, since AKHBAR_NOTIFY names no connection: %s", message)
    return arrived


def notifier(name: str, message: str) -> BaseNotifier:
    """The provider's notifier for a connection's type, with the message in it.

    To be called by its method `notify`: calling the notifier itself would read the message as a Jinja template, and
    parts of it come from the newspaper's site. Raises `ValueError` for a connection of another type or without
    somebody to write to.
    """
    connection = Connection.get(name)
    if connection.conn_type not in NOTIFIERS:
        known = ", ".join(sorted(NOTIFIERS))
        raise ValueError(f"no notifier is known for a connection of type {connection.conn_type!r}: use {known}")
    return NOTIFIERS[connection.conn_type](connection, message)


def _mail(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    to = connection.extra_dejson.get("to")
    if not to:
        raise ValueError('it does not say whom to write to: add {"to": "you@example.org"} to its extra fields')
    return SmtpNotifier(
        smtp_conn_id=connection.conn_id,
        to=to,
        subject=f"akhbar: {shorten(message, 90, placeholder=' …')}",
        html_content=f"<p>{html.escape(message)}</p>",
    )


def _slack(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.slack.notifications.slack import SlackNotifier

    channel = connection.extra_dejson.get("channel", "#general")
    return SlackNotifier(slack_conn_id=connection.conn_id, text=_for_slack(message), channel=channel, timeout=PATIENCE)


def _slack_webhook(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

    return SlackWebhookNotifier(slack_webhook_conn_id=connection.conn_id, text=_for_slack(message), timeout=PATIENCE)


def _for_slack(message: str) -> str:
    """The message with nothing in it that Slack would take for a link or for a call to everyone.

    https://docs.slack.dev/messaging/formatting-message-text#escaping

    >>> _for_slack("<!channel> & co")
    '&lt;!channel&gt; &amp; co'
    """
    return html.escape(message, quote=False)


def _webhook(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.http.notifications.http import HttpNotifier

    return HttpNotifier(http_conn_id=connection.conn_id, json={"text": message}, extra_options={"timeout": PATIENCE})


NOTIFIERS: dict[str, Callable[[Connection, str], BaseNotifier]] = {
    "smtp": _mail,
    "slack": _slack,
    "slackwebhook": _slack_webhook,
    "http": _webhook,
}
"""What delivers a message, by the type of the connection."""
