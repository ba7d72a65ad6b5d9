"""Pandas, polars and DuckDB read every view, and the snippets in docs/tools.md run unchanged on the demo's stories."""

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas
import polars
import pytest
import sqlalchemy

from akhbar.settings import ROOT
from tests.conftest import News

PAGE = (ROOT / "docs" / "tools.md").read_text()


@pytest.fixture
def connection(demo_news: News) -> Iterator[sqlalchemy.Connection]:
    engine = sqlalchemy.create_engine(demo_news.reader.replace("://", "+psycopg2://", 1))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def readable_views(news: News) -> list[str]:
    query = """
        SELECT viewname FROM pg_views
        WHERE schemaname = 'news' AND has_table_privilege(format('%I.%I', schemaname, viewname), 'SELECT')
    """
    return [name for (name,) in news.rows(query, url=news.reader)]


def test_pandas_polars_and_duckdb_read_every_view(demo_news: News, connection: sqlalchemy.Connection) -> None:
    views = readable_views(demo_news)
    assert {"stories", "coverage_daily", "authors", "story_changes"} <= set(views)
    for view in views:
        [(rows,)] = demo_news.rows(f"SELECT count(*) FROM {view}")
        query = f"SELECT * FROM {view}"
        assert len(pandas.read_sql(query, connection)) == rows
        frame = polars.read_database(query, connection, infer_schema_length=None)
        assert len(frame) == rows
        assert duckdb.execute("SELECT count(*) FROM frame").fetchall() == [(rows,)]


def test_the_snippets_run_in_the_order_of_the_page(
    demo_news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_READER_URL", demo_news.reader)
    monkeypatch.setenv("AKHBAR_DATABASE_URL", demo_news.reader)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"^```(python|sh)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(snippets) == 6
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for language, text in snippets:
            if language == "sh":
                command = text.replace(".venv/bin/akhbar", f"{sys.executable} -m akhbar.cli")
                done = subprocess.run(["sh", "-euc", command], capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
            else:
                exec(text, {})  # noqa: S102 - our own documentation
    assert "Editorial" in printed.getvalue()
    [(stories,)] = demo_news.rows("SELECT count(*) FROM stories")
    assert duckdb.connect("copy.duckdb").execute("SELECT count(*) FROM stories").fetchall() == [(stories,)]
