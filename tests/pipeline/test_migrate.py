"""The schema: applied at any time, described in full, and out of reach of hands that should not reach in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors

from pipeline.load import load_batch
from pipeline.migrate import migrate
from pipeline.postgres import Server
from pipeline.settings import ROOT
from tests.conftest import News
from tests.pipeline.batches import batch, editorial, page, reject, story


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


def test_four_migrations_at_once_apply_each_step_once(postgres: Server) -> None:
    admin = postgres.create_database("migrated_at_once")
    with ThreadPoolExecutor() as pool:
        applied = [name for names in pool.map(migrate, [admin] * 4) for name in names]
    files = sorted((ROOT / "sql" / "migrations").glob("*.sql"))
    assert applied == [file.stem for file in files if not file.stem.endswith(".rollback")]


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
def test_who_reads_can_change_nothing(full: News, role: str, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
        full.rows(statement, url=getattr(full, role))


@pytest.mark.parametrize("table", ["rejects", "pages"])
def test_rejects_and_pages_are_for_the_monitor_and_not_for_readers(full: News, table: str) -> None:
    assert full.rows(f"SELECT count(*) FROM {table}", url=full.monitor) == [(1,)]
    with pytest.raises(errors.InsufficientPrivilege):
        full.rows(f"SELECT * FROM {table}", url=full.reader)


def test_a_question_of_a_reader_ends_some_day(news: News) -> None:
    # a setting of the role in one database, which a copied database does not inherit: asked of the template
    template = news.reader.rsplit("/", 1)[0] + "/template_news"
    assert news.rows("SHOW statement_timeout", url=template) == [("1min",)]


def test_a_story_can_be_stored_once_a_number(full: News) -> None:
    with pytest.raises(psycopg2.errors.UniqueViolation):
        full.rows(
            "INSERT INTO articles (source, story_id, url, title, language, extracted_by, completeness, content_hash, "
            "first_seen_at, last_seen_at, run_id) SELECT source, story_id, url, title, language, extracted_by, "
            "completeness, content_hash, first_seen_at, last_seen_at, run_id FROM articles"
        )
