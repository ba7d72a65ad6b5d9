"""Ends a crawl when it must not continue: the crawl lock, which prevents concurrent crawls of a site, was lost, or the
process that started the crawl has died."""

import asyncio
import logging
import os
import threading
from time import sleep
from urllib.parse import urlsplit

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.connection import connect, message_of
from akhbar.database.locks import lock
from akhbar.settings import delay

logger = logging.getLogger(__name__)


def crawl_lock(database_url: str, site: str) -> Connection:
    """Takes the crawl lock of the host of `site`, and returns the connection that holds it. Waits for other crawls.

    This is a database lock rather than an Airflow pool, so that runs from the command line respect it too. Then waits
    for the site's delay once: the previous crawl may have fetched a page just before it was killed. Raises
    `psycopg2.Error`.
    """
    connection = connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        lock(cursor, "crawl", urlsplit(site).netloc, logging.INFO)
    sleep(delay(site))
    return connection


def exit_when_lost(holder: Connection) -> None:
    """Ends the process when the connection that holds the crawl lock breaks, since another crawl may then start.

    Call it from the event loop's thread. No fetched data is lost, because every file is written line by line.
    """

    def on_message() -> None:
        try:
            holder.poll()
        except psycopg2.OperationalError as error:
            logger.error("the connection that holds the crawl lock was lost: %s", first_line(error))
            os._exit(1)

    asyncio.get_event_loop().add_reader(holder.fileno(), on_message)


def exit_with_parent() -> None:
    """Ends the process when its standard input ends, which means that the parent has died: its retry starts another
    crawl.

    Uses a thread, since this must also work while the process waits for the crawl lock, and `os.read`, because a thread
    that reads `sys.stdin` makes the interpreter abort at exit.
    """

    def until_end() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    threading.Thread(target=until_end, daemon=True).start()


def first_line(error: psycopg2.Error) -> str:
    """The first line of Postgres's message: the last line that a crawl logs becomes the reason for its task's
    failure."""
    return message_of(error).splitlines()[0]
