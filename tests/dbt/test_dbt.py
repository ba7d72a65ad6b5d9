"""dbt on the tables, as akhbar_analyst: an incremental copy, a snapshot, freshness and tests.

Run by `make test-dbt`, which installs dbt in an environment of its own.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg2.extensions import parse_dsn

from akhbar.settings import ROOT
from akhbar.steps.load import load_batch, load_replayed
from tests.akhbar.batches import batch, editorial, story
from tests.conftest import PASSWORD, ROLES, News, migrated_server
from tests.sql.test_changed_since import URDU, meanwhile

PROJECT = ROOT / "tests" / "dbt" / "project"
DBT = os.environ.get("DBT", ROOT / ".venv-dbt" / "bin" / "dbt")
COPIED = "id, source, story_id, kind, title, excerpt, body, authors, section, dateline, day, published_at, language, "
COPIED += "revision, word_count, stored_at"


@pytest.fixture
def server_news(tmp_path: Path) -> Iterator[News]:
    """The migrated database itself: a copy would not have the analyst's settings and rights."""
    with migrated_server(tmp_path / "postgres", fsync="off") as server:
        yield News(server.url("template_news"), *(server.url("template_news", role, PASSWORD) for role in ROLES))


class Dbt:
    """dbt in the example project, as the analyst."""

    def __init__(self, news: News, folder: Path) -> None:
        where = parse_dsn(news.analyst)
        self.environment = os.environ | {
            "DBT_PROJECT_DIR": str(PROJECT),
            "DBT_PROFILES_DIR": str(PROJECT),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "PGHOST": where["host"],
            "PGPORT": where["port"],
            "PGPASSWORD": where["password"],
            "PGDATABASE": where["dbname"],
        }

    def __call__(self, *arguments: str) -> None:
        done = subprocess.run(
            [DBT, "--quiet", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    def everything(self) -> None:
        self("run")
        self("snapshot")
        self("source", "freshness")
        self("test")


def test_a_dbt_project_keeps_up_with_edits_moves_replays_and_late_loads(
    server_news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news, archive, dbt = server_news, tmp_path / "archive", Dbt(server_news, tmp_path)
    load_batch(batch(archive, "one", [story(1), story(2), story(3), editorial(4)]), news.writer)
    dbt.everything()
    dbt.everything()

    load_batch(batch(archive, "edit", [story(1, title="Edited"), story(5)], hours=1), news.writer)
    load_batch(batch(archive, "move", [editorial(2, body=story(2)["body"])], hours=2), news.writer)
    load_replayed(batch(archive, "edit", [story(1, title="Reread"), story(5)], hours=1), 1, {}, news.writer)
    urdu = batch(archive, "urdu", [story(9, **URDU)], source="dawnnews", mode="latest", edition=None)

    def load_another_and_run() -> None:
        load_batch(urdu, news.writer)
        dbt("run")
        dbt("test")

    meanwhile(monkeypatch, load_another_and_run)
    load_batch(batch(archive, "late", [story(3, title="Late"), story(6)], hours=3), news.writer)
    dbt.everything()

    [(copy_of_all, copy_of_articles)] = news.rows(
        f"""
        SELECT
            (SELECT array_agg(c ORDER BY c.id) FROM (SELECT {COPIED} FROM analytics.stories) AS c)
            = (SELECT array_agg(s ORDER BY s.id) FROM (SELECT {COPIED} FROM news.stories) AS s),
            (SELECT array_agg(id ORDER BY id) FROM analytics.articles)
            = (SELECT array_agg(id ORDER BY id) FROM news.articles)
        """
    )
    assert (copy_of_all, copy_of_articles) == (True, True)
    history = "SELECT title FROM analytics.stories_history WHERE story_id = '1' ORDER BY dbt_valid_from"
    assert news.rows(history) == [("Headline 1",), ("Reread",)]
    assert news.rows("SELECT count(*) FROM analytics.stories") == [(7,)]
