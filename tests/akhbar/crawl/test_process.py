"""The crawl's process: a retry resumes a killed one, and its log is JSON."""

import json
import logging
import os
import signal
from pathlib import Path

import pytest

from akhbar.crawl.process import JsonFormatter, crawl_settings
from akhbar.pipeline import run_all
from tests.akhbar.runs import SMALL, edition, start, story_requests, wait_until
from tests.conftest import News
from tests.replica import Answer, Replica


def test_a_killed_crawl_is_resumed(here: Path, news: News, site: Replica) -> None:
    started = start("scrape", "first")
    stuck = "/news/2009013/room-for-rain"
    site.faults[stuck] = lambda: Answer(200, b"", {"Content-Type": "text/html"}, stall=60)
    wait_until(lambda: stuck in site.paths)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    del site.faults[stuck]
    before = set(story_requests(site)) - {stuck}
    site.requests.clear()
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 5
    assert before
    assert not before & set(story_requests(site)), "pages that were read are not fetched again"


def test_a_log_line_is_one_line_of_json_without_control_characters() -> None:
    record = logging.LogRecord("dawn", logging.WARNING, "", 0, "gone %s\nnext", ("/news/1\x1b[2J",), None)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line) == {
        "level": 30,
        "logger": "dawn",
        "message": "gone /news/1\N{REPLACEMENT CHARACTER}[2J\nnext",
    }


@pytest.mark.parametrize("database", [None, "postgresql://akhbar_writer@127.0.0.1/news"])
def test_without_a_database_every_story_counts_as_new(monkeypatch: pytest.MonkeyPatch, database: str | None) -> None:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "akhbar.crawl.settings")
    if database:
        monkeypatch.setenv("AKHBAR_DATABASE_URL", database)
    settings = crawl_settings({"folder": "/nowhere", "manifest": {"mode": "latest"}, "recheck": False})
    middlewares = settings.getdict("SPIDER_MIDDLEWARES")
    is_incremental = middlewares["akhbar.crawl.incremental.IncrementalMiddleware"] is not None
    assert is_incremental == settings.getbool("INCREMENTAL") == bool(database)
