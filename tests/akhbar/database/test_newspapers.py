"""The rows of newspapers: entered by the first run, brought up to date by the owner."""

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors

from akhbar.database.newspapers import upsert
from akhbar.newspaper import Newspaper
from akhbar.newspapers import newspaper
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, story
from tests.conftest import News

START = "SELECT start_date FROM newspapers WHERE source = 'dawn'"


def declare(news: News, paper: Newspaper) -> None:
    with closing(psycopg2.connect(news.admin)) as connection, connection, connection.cursor() as cursor:
        upsert(cursor, paper)


def test_a_declared_start_date_wins_over_that_of_the_first_run(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    assert news.rows(START) == [(date(2026, 11, 20),)]
    declare(news, replace(newspaper("dawn"), start_date=date(2016, 1, 1)))
    assert news.rows(START) == [(date(2016, 1, 1),)]
    declare(news, newspaper("dawn"))
    assert news.rows(START) == [(date(2016, 1, 1),)], "a date that is no longer declared is kept"


def test_a_run_enters_a_newspaper_that_was_declared_since_the_last_migration(news: News, tmp_path: Path) -> None:
    before = news.rows("DELETE FROM newspapers WHERE source = 'dawn' RETURNING to_jsonb(newspapers) - 'start_date'")
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    assert news.rows("SELECT to_jsonb(n) - 'start_date' FROM newspapers n WHERE source = 'dawn'") == before
    assert news.rows(START) == [(date(2026, 11, 20),)]


def test_every_row_belongs_to_a_newspaper(news: News) -> None:
    references = """
        SELECT conrelid::regclass::text
        FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'newspapers'::regclass
    """
    tables = {"articles", "editorials", "revisions", "runs", "rejects", "pages", "no_paper_days"}
    assert {table for (table,) in news.rows(references)} == tables
    with pytest.raises(errors.ForeignKeyViolation):
        news.rows(
            "INSERT INTO runs (batch, source, mode, started_at, outcome) VALUES ('x/x', 'x', 'latest', now(), 'failed')"
        )
