"""The crawl lock: one crawl of a site at a time, with the site's delay between two."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from threading import Event

import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.settings import ROOT
from tests.akhbar.runs import SMALL, start
from tests.conftest import News
from tests.replica import Answer, Replica

RUN = [sys.executable, "-m", "akhbar.cli", "run", "dawn", "--edition", SMALL]
FRONT_PAGE = f"/newspaper/front-page/{SMALL}"
HOLDS = """
SELECT pid FROM pg_locks
WHERE
    locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = hashtext('akhbar.crawl')::bigint & 4294967295
"""
"""The session that holds the crawl lock; a run holds one of its own as well."""
LONGEST = 60
"""Seconds."""


@pytest.mark.usefixtures("here")
def test_crawls_of_several_processes_keep_the_delay_between_them(
    site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_DELAY", "1.5")
    # each crawl fetches robots.txt only, so every pause is one between two crawls
    site.faults["/robots.txt"] = lambda: Answer(200, b"User-agent: *\nDisallow: /", {"Content-Type": "text/plain"})
    runs = [subprocess.Popen(RUN, stderr=subprocess.DEVNULL, cwd=ROOT) for _ in range(3)]
    for run in runs:
        run.wait(LONGEST)
    assert site.paths == ["/robots.txt"] * 3
    times = [at for *_, at in site.requests]
    assert all(later - earlier >= 1.5 for earlier, later in pairwise(times))


class Held:
    """Holds back the response to the front page until a test releases it."""

    def __init__(self, site: Replica) -> None:
        self.site = site
        self.asked, self.released = Event(), Event()
        site.faults[FRONT_PAGE] = self

    def __call__(self) -> Answer:
        self.asked.set()
        assert self.released.wait(LONGEST)
        self.site.faults.pop(FRONT_PAGE, None)
        return self.site.answer(FRONT_PAGE)


def running_and_waiting(site: Replica) -> tuple[Held, subprocess.Popen[bytes], subprocess.Popen[str]]:
    """A page that holds up a first run, that run, and a second one that waits for the lock."""
    front_page = Held(site)
    first = subprocess.Popen(RUN, stderr=subprocess.DEVNULL, cwd=ROOT)
    assert front_page.asked.wait(LONGEST)
    second = subprocess.Popen(RUN, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert second.stderr
    assert any("waiting for it to end" in line for line in second.stderr)
    return front_page, first, second


@pytest.mark.usefixtures("here")
def test_a_crawl_that_waits_for_the_lock_ends_with_its_parent(news: News, site: Replica) -> None:
    front_page, first, second = running_and_waiting(site)
    crawls = psutil.Process(second.pid).children(recursive=True)
    assert crawls
    second.kill()
    second.communicate()
    assert psutil.wait_procs(crawls, timeout=LONGEST)[1] == []
    assert first.poll() is None
    front_page.released.set()
    assert first.wait(LONGEST) == 0
    assert len(news.stories()) == 5


@pytest.mark.usefixtures("here")
def test_a_crawl_that_loses_the_database_while_it_waits_for_the_lock_reports_it_in_one_line(
    news: News, site: Replica
) -> None:
    front_page, first, second = running_and_waiting(site)
    ended: list[tuple[bool, ...]] = []
    while not ended:
        ended = news.rows("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    said = second.communicate(timeout=LONGEST)[1]
    front_page.released.set()
    assert second.returncode == 1
    assert "the crawl could not start, database error: " in said.splitlines()[-1]
    assert "Traceback" not in said
    assert first.wait(LONGEST) == 0


@pytest.mark.usefixtures("here")
def test_a_crawl_that_loses_the_lock_stops_immediately_and_a_retry_resumes_it(news: News, site: Replica) -> None:
    front_page = Held(site)
    run = subprocess.Popen(RUN, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert front_page.asked.wait(LONGEST)
    ended = news.rows(f"SELECT pg_terminate_backend(pid) FROM ({HOLDS}) AS holder")
    assert ended == [(True,)]
    said = run.communicate(timeout=LONGEST)[1]
    front_page.released.set()
    assert run.returncode == 1
    assert "the connection that holds the crawl lock was lost" in said.splitlines()[-1]
    assert site.paths == ["/robots.txt", FRONT_PAGE], "no more requests once another crawl may start"
    subprocess.run(RUN, check=True, capture_output=True, cwd=ROOT)
    assert len(news.stories()) == 5


def test_crawls_of_one_newspaper_never_overlap(here: Path, news: News, site: Replica) -> None:
    runs = [start("run_all", name) for name in ("one", "two", "three")]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert len(news.stories()) == 5
    order = [path for path in site.paths if path == "/robots.txt" or path == f"/newspaper/icon/{SMALL}"]
    assert order == ["/robots.txt", f"/newspaper/icon/{SMALL}"] * 3, "each starts after the one before has ended"
