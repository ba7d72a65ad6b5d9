"""A newspaper whose story ids are paths, from its site to the tables, an export, a replay and the Newsroom."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from akhbar import newspapers
from tests.akhbar.ids import IDS
from tests.conftest import News
from tests.path_ids import CHRONICLE, ChronicleSite, title_of
from tests.replica import served
from tests.second_newspaper import checkout, declaration

if TYPE_CHECKING:
    from starlette.testclient import TestClient

COMMANDS = """
import sys
from akhbar.cli import main
latest, export = "run chronicle --latest", "export --table stories --output out.csv"
for command in (latest, latest, "replay chronicle", export):
    sys.argv = ["akhbar", "--quiet", *command.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, command
"""


def test_ids_that_are_paths_are_the_same_from_the_site_to_the_newsroom(
    viewer: "TestClient", news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(ChronicleSite()) as site:
        settings = {
            "AKHBAR_CHRONICLE_BASE_URL": site.url,
            "AKHBAR_DATABASE_URL": news.writer,
            "AKHBAR_ARCHIVE": str(tmp_path / "archive"),
        }
        project = checkout(tmp_path / "checkout", chronicle=declaration(CHRONICLE))
        done = subprocess.run(
            [sys.executable, "-P", "-c", COMMANDS],
            cwd=project,
            env={**os.environ, **settings, "PYTHONPATH": str(project)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    counts = news.rows("SELECT counts -> 'fetched', counts -> 'known', counts -> 'coverage' FROM runs ORDER BY id")
    assert counts[:2] == [(len(IDS), 0, 1.0), (0, len(IDS), 1.0)]
    replayed = news.rows("SELECT counts -> 'unchanged', counts -> 'rejected' FROM replayed ORDER BY batch")
    assert replayed == [(len(IDS), 0), (0, 0)]
    titles = {one: title_of(one) for one in IDS}
    assert dict(news.rows("SELECT story_id, title FROM articles")) == titles
    assert {one for (one,) in news.rows("SELECT story_id FROM pages WHERE role = 'story'")} == titles.keys()
    with (project / "out.csv").open(encoding="utf-8", newline="") as file:
        assert {row["story_id"]: row["title"] for row in csv.DictReader(file)} == titles
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", news.monitor)
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "all")
    monkeypatch.setattr(newspapers, "_loaded", lambda: (CHRONICLE,))
    rows = viewer.get("/newsroom/api/chronicle/stories").json()["rows"]
    assert {row["story_id"]: row["title"] for row in rows} == titles
