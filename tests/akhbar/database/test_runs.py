"""The table `runs`: one row per run and per replay, whatever happens to it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from akhbar.database import runs
from akhbar.database.connection import transaction
from akhbar.run import Run
from tests.akhbar.batches import FIRST_RUN
from tests.conftest import News

MANIFEST: dict[str, Any] = {
    "source": "dawn",
    "mode": "latest",
    "edition": None,
    "started_at": FIRST_RUN.isoformat(),
    "dag_id": None,
    "dag_run_id": None,
}
EDITION = {"mode": "edition", "edition": "2026-11-20"}


def test_a_run_that_dies_stays_visible(news: News, tmp_path: Path) -> None:
    with transaction(news.writer) as cursor:
        runs.record(cursor, tmp_path / "dawn" / "one", MANIFEST)
    assert news.rows("SELECT batch, outcome, finished_at FROM runs") == [("dawn/one", "running", None)]


def test_the_end_of_a_crawl_updates_its_row_and_keeps_the_counts_of_a_load(news: News, tmp_path: Path) -> None:
    folder = tmp_path / "dawn" / "one"
    ended = {**MANIFEST, "outcome": "complete", "finished_at": FIRST_RUN.isoformat(), "counts": {"discovered": 3}}
    with transaction(news.writer) as cursor:
        run_id = runs.record(cursor, folder, MANIFEST)
        runs.finish_load(cursor, run_id, {"stored": 2})
        assert runs.record(cursor, folder, ended) == run_id
        assert runs.counts(cursor, run_id) == {"discovered": 3, "stored": 2}
    assert news.rows("SELECT outcome, finished_at FROM runs") == [("complete", FIRST_RUN)]


def test_only_a_loaded_run_can_be_checked(news: News, tmp_path: Path) -> None:
    folder = tmp_path / "dawn" / "one"
    with transaction(news.writer) as cursor:
        run_id = runs.record(cursor, folder, MANIFEST)
        assert runs.loaded_run(cursor, folder) is None
        runs.finish_load(cursor, run_id, {})
        assert runs.loaded_run(cursor, folder) == run_id
        runs.store_checks(cursor, run_id, [{"name": "freshness"}])
    assert news.rows("SELECT checks FROM runs") == [([{"name": "freshness"}],)]


def test_unfinished_runs_are_those_from_the_command_line_that_were_never_loaded(news: News, tmp_path: Path) -> None:
    with transaction(news.writer) as cursor:
        for hour, (name, more) in enumerate(
            {"loaded": {}, "older": {}, "newer": {}, "airflow": {"dag_id": "dawn_latest"}, "edition": EDITION}.items()
        ):
            started = (FIRST_RUN + timedelta(hours=hour)).isoformat()
            run_id = runs.record(cursor, tmp_path / "dawn" / name, {**MANIFEST, "started_at": started, **more})
            if name == "loaded":
                runs.finish_load(cursor, run_id, {})
        assert runs.unfinished(cursor, Run("dawn", "latest", None, "new")) == [("newer", False), ("older", False)]


def test_a_stopped_replay_is_resumed_by_the_same_code_only(news: News) -> None:
    with transaction(news.writer) as cursor:
        first = runs.start_replay(cursor, "dawn", {"code": "a"})
        runs.stop_replay(cursor, first, "stopped: killed")
        assert runs.start_replay(cursor, "dawn", {"code": "a"}) == first
        assert runs.start_replay(cursor, "dawn", {"code": "b"}) != first
    assert news.rows("SELECT outcome, reason FROM runs WHERE id = %s", first) == [
        ("failed", "abandoned: the code has changed")
    ]


def test_a_finished_replay_is_not_resumed(news: News) -> None:
    with transaction(news.writer) as cursor:
        first = runs.start_replay(cursor, "dawn", {"code": "a"})
        runs.finish_replay(cursor, first, {"pages": 2}, "1 archive records could not be read")
        assert runs.start_replay(cursor, "dawn", {"code": "a"}) != first
    assert news.rows("SELECT outcome, counts FROM runs WHERE id = %s", first) == [("incomplete", {"pages": 2})]
