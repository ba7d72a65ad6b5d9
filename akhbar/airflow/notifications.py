"""Sends alerts to the operator through the Airflow connections listed in AKHBAR_NOTIFY.

`akhbar.maintenance.alerts` decides which alerts are due; this module delivers them. Missed deadlines, failed tasks,
finished checks and the DAG `watch` all run the same check. It depends only on the database, so it does not matter
which of them runs first.
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
from akhbar.maintenance.alerts import update_alerts

logger = logging.getLogger(__name__)

TIMEOUT = 15
"""Seconds to wait for Slack or a webhook to accept a message."""


def check_and_notify(context: Any = None) -> None:
    """Airflow callback: sends alerts about new problems and about resolved ones.

    Logs errors instead of raising them: a failed alert must not fail a run.
    """
    try:
        update_alerts(database_url(), deliver)
    except psycopg2.Error as error:
        logger.error("alerts were not checked: the news database is unavailable: %s", str(error).strip())
    except Exception:
        logger.exception("alerts were not checked")


def deliver(message: str) -> bool:
    """Sends a message through every configured connection, and logs failures. True if at least one accepted it."""
    delivered = False
    for name in settings.notify():
        try:
            notifier(name, message).notify({})
            delivered = True
        except Exception as error:  # each provider raises its own errors
            reason = f"{type(error).__name__}: {error}"
            logger.error("notification through the connection %s failed (%s): %s", name, reason, message)
    if not settings.notify():
        logger.warning("notifications are off (AKHBAR_NOTIFY is not set): %s", message)
    return delivered


def notifier(name: str, message: str) -> BaseNotifier:
    """The provider's notifier for a connection, with the message.

    Call its method `notify`, not the notifier itself: that would render the message as a Jinja template, and parts of
    the message come from the newspaper's site. Raises `ValueError` if the connection's type is not supported, or if it
    has no recipient.
    """
    connection = Connection.get(name)
    if connection.conn_type not in NOTIFIERS:
        supported = ", ".join(sorted(NOTIFIERS))
        raise ValueError(f"connections of type {connection.conn_type!r} cannot send notifications: use {supported}")
    return NOTIFIERS[connection.conn_type](connection, message)


def _mail(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    to = connection.extra_dejson.get("to")
    if not to:
        raise ValueError('no recipient: add {"to": "you@example.org"} to the extra fields of the connection')
    return SmtpNotifier(
        smtp_conn_id=connection.conn_id,
        to=to,
        subject=f"akhbar: {shorten(message, 90, placeholder=' …')}",
        html_content=f"<p>{html.escape(message)}</p>",
    )


def _slack(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.slack.notifications.slack import SlackNotifier

    channel = connection.extra_dejson.get("channel", "#general")
    return SlackNotifier(slack_conn_id=connection.conn_id, text=_for_slack(message), channel=channel, timeout=TIMEOUT)


def _slack_webhook(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

    return SlackWebhookNotifier(slack_webhook_conn_id=connection.conn_id, text=_for_slack(message), timeout=TIMEOUT)


def _for_slack(message: str) -> str:
    """The message with the characters escaped that would start a link or mention in Slack.

    https://docs.slack.dev/messaging/formatting-message-text#escaping

    >>> _for_slack("<!channel> & co")
    '&lt;!channel&gt; &amp; co'
    """
    return html.escape(message, quote=False)


def _webhook(connection: Connection, message: str) -> BaseNotifier:
    from airflow.providers.http.notifications.http import HttpNotifier

    return HttpNotifier(http_conn_id=connection.conn_id, json={"text": message}, extra_options={"timeout": TIMEOUT})


NOTIFIERS: dict[str, Callable[[Connection, str], BaseNotifier]] = {
    "smtp": _mail,
    "slack": _slack,
    "slackwebhook": _slack_webhook,
    "http": _webhook,
}
"""The functions that create notifiers, by connection type."""
