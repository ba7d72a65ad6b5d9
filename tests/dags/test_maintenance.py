"""The DAG `maintenance`: the house rules, and real runs by Airflow's own task runner."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, page, story
from tests.conftest import News

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_it_is_documented_and_says_what_to_do_when_a_task_fails(dags: "DagBag") -> None:
    dag = dags.dags["maintenance"]
    assert dag.doc_md
    assert dag.description
    assert dag.catchup is False
    assert dag.owner == "newsroom"
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "prune": {"refresh", "verify"},
        "refresh": set(),
        "verify": set(),
    }
    for task in dag.tasks:
        assert "**When it fails**" in (task.doc_md or "")
        assert task.owner == "newsroom"
        assert task.execution_timeout is not None


@pytest.fixture
def old_run(airflow: None, here: Path, news: News, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The batch of a run from 2025 with a damaged page archive."""
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_DB", news.writer)
    wrong = page(1, digest="sha1:WRONG", warc_offset=0, warc_length=9)
    ended = "2025-01-01T04:00:00+00:00"
    folder = batch(here, "old", [story(1)], pages=[wrong], started_at=ended, finished_at=ended)
    (folder / "pages.warc.gz").write_bytes(b"no records")
    load_batch(folder, news.writer)
    return folder


def run() -> dict[str, str]:
    from airflow.dag_processing.dagbag import DagBag

    ended: Any = DagBag(ROOT / "dags").dags["maintenance"].test()
    return {task.task_id: str(task.state) for task in ended.get_task_instances()}


def test_nothing_is_pruned_by_default_and_damage_is_reported(old_run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run() == {"prune": "skipped", "refresh": "success", "verify": "failed"}
    assert (old_run / "pages.warc.gz").exists()
    said = capfd.readouterr().out
    assert "AKHBAR_KEEP_PAGES is not set" in said
    assert "1 of 1 pages are damaged" in said


def test_archives_older_than_configured_are_pruned(old_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_KEEP_PAGES", "400d")
    assert run() == {"prune": "success", "refresh": "success", "verify": "success"}
    assert not (old_run / "pages.warc.gz").exists()
