"""Advisory locks: whom they keep out, and when they are free again."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg2
import pytest
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class like a variable

from akhbar.database.locks import Work, lock, lock_loading, lock_migration, locked, release, try_lock
from tests.akhbar.runs import wait_until
from tests.conftest import News

WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@contextmanager
def session(news: News) -> Iterator[Cursor]:
    with closing(psycopg2.connect(news.writer)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


@pytest.mark.parametrize("work", ["backfill", "crawl", "replay", "run"])
def test_a_lock_keeps_other_sessions_out_by_a_key_that_never_changes(news: News, work: Work) -> None:
    """Processes of different versions share a database during an upgrade."""
    with session(news) as holder, session(news) as other:
        assert try_lock(holder, work, "dawn")
        assert not try_lock(other, work, "dawn")
        assert try_lock(other, work, "herald")
        free = "SELECT pg_try_advisory_lock(hashtext(%s), hashtext('dawn'))"
        assert news.rows(free, f"akhbar.{work}") == [(False,)]


def test_a_lock_is_waited_for_and_the_log_says_so(news: News, caplog: pytest.LogCaptureFixture) -> None:
    with session(news) as holder, session(news) as other, ThreadPoolExecutor() as pool:
        lock(holder, "run", "dawn/one")
        assert caplog.messages == []
        waiting = pool.submit(lock, other, "run", "dawn/one")
        wait_until(lambda: news.rows(WAITING))
        release(holder)
        waiting.result()
        assert not try_lock(holder, "run", "dawn/one")
    said = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert said == [(logging.WARNING, "another run of dawn/one is running: waiting for it to end")]


def test_the_lock_of_a_session_that_ends_is_free_again(news: News) -> None:
    with session(news) as holder:
        lock(holder, "crawl", "www.dawn.com")
    with session(news) as other:
        wait_until(lambda: try_lock(other, "crawl", "www.dawn.com"))


def test_a_lock_is_held_for_the_length_of_a_block(news: News) -> None:
    with session(news) as other:
        with locked(news.writer, "backfill", "dawn"):
            assert not try_lock(other, "backfill", "dawn")
        wait_until(lambda: try_lock(other, "backfill", "dawn"))


def test_the_lock_of_a_load_is_held_until_its_transaction_ends(news: News) -> None:
    free = "SELECT pg_try_advisory_xact_lock(hashtext('akhbar.load.dawn'))"
    with closing(psycopg2.connect(news.writer)) as connection:
        with connection, connection.cursor() as cursor:
            lock_loading(cursor, "dawn")
            assert news.rows(free) == [(False,)]
        assert news.rows(free) == [(True,)]


def test_a_migration_waits_for_another_one_without_a_waiting_statement(news: News) -> None:
    """`CREATE INDEX CONCURRENTLY` waits for every statement that has begun, also for one that waits."""
    with session(news) as holder, session(news) as other, ThreadPoolExecutor() as pool:
        lock_migration(holder)
        waiting = pool.submit(lock_migration, other)
        attempts = (
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%try_advisory_lock%%' AND state = 'idle' AND pid = %s"
        )
        wait_until(lambda: news.rows(attempts, other.connection.info.backend_pid))
        assert news.rows(WAITING) == []
        assert not waiting.done()
        release(holder)
        waiting.result()
