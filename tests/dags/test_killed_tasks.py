"""A task that is killed takes its crawl with it."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.settings import ROOT
from tests.conftest import News
from tests.replica import Answer, Replica

RUN = f"""
from airflow.dag_processing.dagbag import DagBag
DagBag("{ROOT / "dags"}").dags["dawn_edition"].test(run_conf={{"edition": "2016-01-22"}})
"""
FRONT_PAGE = "/newspaper/front-page/2016-01-22"
LONGEST = 60
"""Seconds; a crawl that goes on would take several times as long."""


def test_a_crawl_ends_when_its_task_is_killed(
    airflow: None, here: Path, news: News, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_DELAY", "2")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'dags'}")
    began = Event()

    def front_page() -> Answer:
        began.set()
        del site.faults[FRONT_PAGE]
        return site.answer(FRONT_PAGE)

    site.faults[FRONT_PAGE] = front_page
    task = subprocess.Popen([sys.executable, "-c", RUN])
    assert began.wait(LONGEST)
    crawls = psutil.Process(task.pid).children(recursive=True)
    assert crawls
    task.kill()
    task.wait()
    _, left = psutil.wait_procs(crawls, timeout=LONGEST)
    assert left == []
    assert len(site.paths) < 10, "the crawl went on to its end"
