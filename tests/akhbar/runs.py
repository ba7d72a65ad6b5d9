"""Runs of the replica newspaper, for the tests of the crawl and of all four steps."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from akhbar.pipeline import run_all
from akhbar.run import Run
from tests.conftest import News
from tests.replica import Answer, Replica

SMALL = "2026-06-19"
"""An edition of two articles, 2009001 and 2009002, and three editorials."""

CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
NOT_A_PAGE = Answer(200, b"\x00", {"Content-Type": "application/octet-stream"})


def edition(day: str, name: str = "first", **more: Any) -> Run:
    return Run("dawn", "edition", date.fromisoformat(day), name, **more)


def latest(name: str = "latest") -> Run:
    return Run("dawn", "latest", None, name)


def start(step: Literal["run_all", "scrape"], name: str) -> subprocess.Popen[bytes]:
    """A run of the small edition, or its scrape step, in a process group of its own."""
    code = (
        "import os, sys; from akhbar.pipeline import run_all; from akhbar.steps.scrape import scrape; "
        "from tests.akhbar.runs import SMALL, edition; "
        f"{step}(edition(SMALL, sys.argv[1]), os.environ['AKHBAR_DATABASE_URL'])"
    )
    return subprocess.Popen([sys.executable, "-c", code, name], start_new_session=True)


def story_requests(site: Replica) -> list[str]:
    """The paths of the stories that were requested, in order."""
    return [path for path in site.paths if path.startswith("/news/")]


def fetched_by(site: Replica, run: Run, news: News) -> set[str]:
    """The ids of the stories that a run fetches, each once."""
    site.requests.clear()
    run_all(run, news.writer)
    ids = [path.split("/")[2] for path in story_requests(site)]
    assert len(ids) == len(set(ids))
    return set(ids)


def rows_of(news: News) -> dict[str, Any]:
    """The stored stories by id, each as its row."""
    both = "SELECT story_id, to_jsonb(a) FROM articles a UNION ALL SELECT story_id, to_jsonb(e) FROM editorials e"
    return dict(news.rows(both))


def read_ten_minutes_after_publication(news: News) -> None:
    """Changes the times of what was just read, as if each story had been read soon after it was published."""
    for table in ("articles", "editorials"):
        at = "coalesce(s.published_at, start_of_day(s.source, s.published_date)) + interval '10 minutes'"
        news.rows(f"UPDATE {table} AS s SET first_seen_at = {at}, last_seen_at = {at}")
        news.rows(f"UPDATE pages SET fetched_at = {at} FROM {table} AS s WHERE s.story_id = pages.story_id")


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true after {seconds} s"
        os.sched_yield()
