"""The schema: migrations may run at any time, everything is described, and each role has its privileges only."""

import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
import yoyo
from psycopg2 import errors, sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class like a variable
from psycopg2.extensions import make_dsn

from akhbar.database import migrate as module
from akhbar.database.connection import DatabaseError
from akhbar.database.locks import lock_migration
from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.conftest import News, ascii_database, outside_transaction, rows


@pytest.fixture
def full(news: News, tmp_path: Path) -> News:
    """A database with something in every table."""
    load_batch(batch(tmp_path, "one", [story(1), editorial(2)]), news.writer)
    again = batch(
        tmp_path, "two", [story(1, title="New")], hours=1, pages=[page(1)], rejects=[reject(3, "missing_title")]
    )
    load_batch(again, news.writer)
    return news


def test_migrating_again_changes_nothing(news: News) -> None:
    assert migrate(news.admin) == []


def test_concurrent_migrations_apply_each_step_once(postgres: Server) -> None:
    admin = postgres.create_database("migrated_at_once")
    with ThreadPoolExecutor() as pool:
        applied = [name for names in pool.map(migrate, [admin] * 4) for name in names]
    files = sorted((ROOT / "sql" / "migrations").glob("*.sql"))
    assert applied == [file.stem for file in files]


def test_a_migrated_old_database_has_the_schema_of_a_new_one(postgres: Server, news: News) -> None:
    admin = postgres.create_database("from_the_first")
    first = (ROOT / "sql" / "migrations" / "0001.tables.sql").read_text()
    old = News(*[admin] * 5)
    with closing(psycopg2.connect(admin)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(first)
        cursor.execute(STORED_EARLIER)
    mark_as_applied(admin, "0001.tables")
    assert migrate(admin)[0] == "0002.roles"
    assert old.rows("SELECT story_id, day FROM stories ORDER BY story_id") == [
        ("1", date(2016, 1, 22)),
        ("2", date(2016, 1, 23)),
        ("3", date(2016, 1, 22)),  # in UTC, since no time zone is known
    ]
    papers = "SELECT source, home_page, start_date FROM newspapers WHERE source IN ('dawn', 'herald') ORDER BY source"
    assert old.rows(papers) == [
        ("dawn", "https://www.dawn.com", date(2016, 1, 22)),
        ("herald", "https://herald.example", None),
    ], "the newspaper of stored stories is entered, although it is no longer declared"
    assert old.rows("SELECT DISTINCT content_hash, published_date FROM stories") == [("x", None)]
    assert old.rows(UNCHECKED) == []
    assert [number for (number,) in old.rows("SELECT story_id FROM search_stories('canal')")] == ["1"]
    assert schema(postgres, admin) == schema(postgres, news.admin)


UNCHECKED = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
STORED_EARLIER = """
INSERT INTO news.runs (batch, source, mode, started_at, outcome)
VALUES ('dawn/one', 'dawn', 'latest', '2016-01-22', 'complete');
INSERT INTO news.articles (
    source, story_id, url, title, body, edition_date, published_at, language, extracted_by, completeness, content_hash,
    first_seen_at, last_seen_at, run_id
)
SELECT of, n::text, 'https://' || at || '/news/' || n, 'Story ' || n,
    CASE n WHEN 1 THEN 'A canal.' ELSE 'A road.' END, CASE n WHEN 1 THEN '2016-01-22'::date END,
    '2016-01-22T20:00:00Z', 'en', 'selectors', 'full', 'x', now(), now(), 1
FROM (VALUES (1, 'dawn', 'www.dawn.com'), (2, 'dawn', 'www.dawn.com'), (3, 'herald', 'herald.example'))
    AS s (n, of, at);
"""


def mark_as_applied(admin: str, name: str) -> None:
    """Marks a migration as applied, as in a database of that time."""
    with closing(psycopg2.connect(admin)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA akhbar_migrations")
    with yoyo.get_backend(f"{admin}?schema=akhbar_migrations") as backend:
        migrations = yoyo.read_migrations(str(ROOT / "sql" / "migrations"))
        backend.mark_migrations(migrations.filter(lambda migration: migration.id == name))


def schema(postgres: Server, url: str) -> list[str]:
    """The schema of a database, as pg_dump writes it."""
    command = [str(postgres.tool("pg_dump")), "--schema-only", "--schema=news", "--restrict-key=x", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


# --- unsuitable databases -------------------------------------------------------------------------------------------


def test_a_database_that_cannot_hold_every_character_is_refused_unchanged(postgres: Server) -> None:
    admin = ascii_database(postgres)
    with pytest.raises(DatabaseError, match="nothing was changed: the database's encoding is SQL_ASCII"):
        migrate(admin)
    assert schemas(admin) == {"public"}


def test_a_server_that_is_too_old_is_refused_unchanged(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = postgres.create_database("on_an_old_server")
    monkeypatch.setattr(module, "OLDEST", 99)
    with pytest.raises(DatabaseError, match=r"nothing was changed: the server is Postgres \d+\.\d+.*; use Postgres 99"):
        migrate(admin)
    assert schemas(admin) == {"public"}


def schemas(url: str) -> set[str]:
    """The schemas of a database, without Postgres's own."""
    return {name for (name,) in rows(url, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'")}


# --- connection strings ---------------------------------------------------------------------------------------------

USER, SECRET, DATABASE = "ow:n@er/1", "p@ss:w/ord%20 '", "ne w@/s?"


@pytest.fixture(scope="module")
def owned(postgres: Server) -> str:
    """A role and its database, both with names that a URL must encode. Returns the URL without host and parameters."""
    role = sql.Identifier(USER)
    rows(postgres.url(), sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD %s").format(role), SECRET)
    return f"{quote(USER, '')}:{quote(SECRET, '')}@{{}}/{quote(DATABASE, '')}"


@pytest.mark.parametrize(
    "url",
    [
        "postgres://{one}",
        "postgresql://{socket}",
        "postgresql://{none}?host={folder}&port={port}",
        "postgresql://{several}?target_session_attrs=read-write",
        "postgresql://{one}?options=-c%20statement_timeout%3D90s&sslmode=prefer&application_name=a+b",
        "{words}",
    ],
)
def test_migrations_connect_with_every_url_that_libpq_reads(postgres: Server, owned: str, url: str) -> None:
    outside_transaction(postgres.url(), sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    port, folder = postgres.port, quote(str(postgres.data), "")
    forms = {
        "one": owned.format(f"127.0.0.1:{port}"),
        "socket": owned.format(f"{folder}:{port}"),
        "none": owned.format(""),
        "several": owned.format(f"127.0.0.1:9,127.0.0.1:{port}"),
        "words": make_dsn(host="127.0.0.1", port=port, user=USER, password=SECRET, dbname=DATABASE),
    }
    try:
        assert migrate(url.format(**forms, folder=folder, port=port))[0] == "0001.tables"
    finally:
        outside_transaction(postgres.url(), sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))


# --- beside open transactions ---------------------------------------------------------------------------------------


@pytest.fixture
def analyst(news: News) -> Iterator[Connection]:
    """A session whose open transaction has read every story."""
    with closing(psycopg2.connect(news.reader)) as connection:
        connection.cursor().execute("SELECT FROM stories, authors")
        yield connection


def test_with_nothing_to_do_no_lock_is_waited_for(news: News) -> None:
    with closing(psycopg2.connect(news.admin)) as other, other.cursor() as cursor, ThreadPoolExecutor() as pool:
        lock_migration(cursor)
        cursor.execute("LOCK TABLE articles, editorials, stories, newspapers, runs IN ACCESS EXCLUSIVE MODE")
        migrated = pool.submit(migrate, news.admin)
        try:
            assert migrated.result(timeout=60) == []
        finally:
            other.close()


@pytest.fixture(params=["a migration", "a view"])
def pending(request: pytest.FixtureRequest, news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A migration of a table, or a view to restore, which an open transaction holds up; the migrations to apply."""
    if request.param == "a view":
        news.rows("DROP VIEW coverage_daily")
        return []
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    (tmp_path / "sql" / "migrations" / "9999.test.sql").write_text(
        "-- depends: 0019.upkeep\nALTER TABLE news.revisions ADD COLUMN one int;\n"
        "ALTER TABLE news.articles ADD COLUMN two int;\n"
    )
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return ["9999.test"]


def test_readers_do_not_queue_behind_a_migration_that_waits(
    news: News,
    analyst: Connection,
    pending: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(module, "PAUSE", 0.0)

    def read_until(migrated: "Future[list[str]]", tries: int) -> None:
        """Reads until the migration has been tried this often. A reader who waits for a second fails."""
        with closing(psycopg2.connect(news.reader)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("SET lock_timeout = '1s'")
            while caplog.text.count("waiting for the tables") < tries and not migrated.done():
                cursor.execute("SELECT FROM stories, revisions")

    with ThreadPoolExecutor() as pool:
        migrated = pool.submit(migrate, news.admin)
        try:
            read_until(migrated, tries=3)
            assert re.search(rf"\(pids [\d, ]*\b{analyst.info.backend_pid}\b", caplog.text)
        finally:
            analyst.close()
        assert migrated.result() == pending
    assert migrate(news.admin, timedelta(0)) == []
    assert news.rows("SELECT count(*) FROM coverage_daily") == [(0,)]


def test_a_migration_that_gets_no_lock_gives_up_and_says_who_holds_it(
    news: News, analyst: Connection, pending: list[str]
) -> None:
    with pytest.raises(DatabaseError, match=rf"kept the tables in use \(pids [\d, ]*\b{analyst.info.backend_pid}\b"):
        migrate(news.admin, timedelta(0))
    analyst.close()
    assert migrate(news.admin) == pending


# --- what is there --------------------------------------------------------------------------------------------------


def test_every_table_and_column_is_described(news: News) -> None:
    silent = """
        SELECT c.relname, a.attname
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND (a.attnum > 0 AND NOT a.attisdropped)
        WHERE c.relnamespace = 'news'::regnamespace AND c.relkind IN ('r', 'v')
            AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)
    """
    assert news.rows(silent) == []


@pytest.mark.parametrize("role", ["writer", "reader", "monitor"])
def test_tables_are_found_without_naming_their_schema(full: News, role: str) -> None:
    url = getattr(full, role)
    assert full.rows("SELECT title FROM articles", url=url) == [("New",)]
    assert full.rows("SELECT count(*) FROM editorials, revisions, runs", url=url) == [(2,)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM articles",
        "DELETE FROM editorials",
        "DELETE FROM revisions",
        "UPDATE revisions SET title = 'x'",
        "TRUNCATE articles CASCADE",
        "DROP TABLE articles",
        "ALTER TABLE articles ADD COLUMN x int",
        "CREATE TABLE news.x (x int)",
        "DELETE FROM runs",
    ],
)
def test_the_writer_can_neither_delete_stories_nor_change_tables(full: News, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        full.rows(statement, url=full.writer)


@pytest.mark.parametrize("role", ["reader", "monitor"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE articles SET title = 'x'",
        "INSERT INTO runs (batch, source, mode, started_at, outcome) VALUES ('x', 'x', 'latest', now(), 'failed')",
        "DELETE FROM rejects",
        "SELECT move_to_editorials('dawn', ARRAY['1'])",
    ],
)
def test_readers_can_change_nothing(full: News, role: str, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
        full.rows(statement, url=getattr(full, role))


@pytest.mark.parametrize("table", ["rejects", "pages"])
def test_rejects_and_pages_are_for_the_monitor_and_not_for_readers(full: News, table: str) -> None:
    assert full.rows(f"SELECT count(*) FROM {table}", url=full.monitor) == [(1,)]
    with pytest.raises(errors.InsufficientPrivilege):
        full.rows(f"SELECT * FROM {table}", url=full.reader)


def test_queries_of_the_reader_time_out(news: News) -> None:
    # a setting of the role in one database, which a copy does not inherit, so it is read from the template
    template = news.reader.rsplit("/", 1)[0] + "/template_news"
    assert news.rows("SHOW statement_timeout", url=template) == [("1min",)]


def test_a_story_id_is_stored_only_once(full: News) -> None:
    with pytest.raises(psycopg2.errors.UniqueViolation):
        full.rows(
            "INSERT INTO articles (source, story_id, url, title, language, extracted_by, completeness, content_hash, "
            "first_seen_at, last_seen_at, run_id) SELECT source, story_id, url, title, language, extracted_by, "
            "completeness, content_hash, first_seen_at, last_seen_at, run_id FROM articles"
        )
