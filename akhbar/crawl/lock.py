"""What a crawl depends on: the crawl lock, which keeps two crawls of a site apart, and the process that started it."""

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

    The lock is in the database and not an Airflow pool, so that runs from the command line respect it too. Pauses for
    the site's delay once: the crawl before may have fetched a page just before it was killed. Raises `psycopg2.Error`.
    """
    connection = connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        lock(cursor, "crawl", urlsplit(site).netloc, logging.INFO)
    sleep(delay(site))
    return connection


def exit_when_lost(holder: Connection) -> None:
    """Ends the process when the connection that holds the crawl lock breaks, since another crawl may then start.

    Call it from the event loop's thread. Nothing that was fetched is lost: every file is written line by line.
    """

    def on_message() -> None:
        try:
            holder.poll()
        except psycopg2.OperationalError as error:
            logger.error("the connection that holds the crawl lock was lost: %s", first_line(error))
            os._exit(1)

    asyncio.get_event_loop().add_reader(holder.fileno(), on_message)


def exit_with_parent() -> None:
    """Ends the process when its standard input ends: the parent has died, and its successor starts another crawl.

    A thread, since it must also work while the process waits for the crawl lock. It uses `os.read`: a thread that
    reads `sys.stdin` makes the interpreter abort at exit.
    """

    def until_end() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    threading.Thread(target=until_end, daemon=True).start()


def first_line(error: psycopg2.Error) -> str:
    """Postgres's message in one line: the last line that a crawl logs becomes the reason why its task failed."""
    return message_of(error).splitlines()[0]
