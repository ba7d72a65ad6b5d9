"""`akhbar backfill`: a range of editions, resumed after failed days and interruptions."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from akhbar import backfill
from akhbar.backfill import plan
from akhbar.run import Run
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch
from tests.akhbar.runs import CHALLENGE, story_requests
from tests.conftest import News
from tests.replica import ZONE, Replica, html

LONGEST = 60
"""Seconds."""


def command(first: date | str, last: date | str, *more: str) -> list[str]:
    dates = ["--from", str(first), "--to", str(last)]
    return [sys.executable, "-m", "akhbar.cli", "backfill", "dawn", *dates, *more]


def call(first: date | str, last: date | str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(first, last, *more), capture_output=True, text=True, cwd=ROOT, check=False)


def front_pages(site: Replica) -> list[str]:
    return [path.rpartition("/")[2] for path in site.paths if path.startswith("/newspaper/front-page/")]


@pytest.mark.usefixtures("here")
def test_a_day_without_an_edition_or_with_a_failed_one_does_not_stop_the_others(news: News, site: Replica) -> None:
    done = call("2016-01-21", "2016-01-23")
    assert done.returncode == 1
    assert front_pages(site) == ["2016-01-21", "2016-01-22", "2016-01-23"], "oldest first"
    lines = done.stderr.splitlines()
    assert lines[0].startswith("2016-01-21 empty, 0 stories: the site has no section for that day (1 of 3 days")
    assert lines[1].startswith("2016-01-22 complete, 24 stories (2 of 3 days, 24 stories, ")
    assert lines[2].startswith("2016-01-23 failed, 0 stories: coverage: found 0 of 3 stories stored")
    summary = {line.split("│")[1].strip(): line.split("│")[2].strip() for line in lines if line.startswith("│")}
    assert (summary["complete"], summary["empty"], summary["failed"]) == ("1", "1", "1")
    site.requests.clear()
    again = call("2016-01-21", "2016-01-23")
    assert again.returncode == 1
    assert "1 of 3 editions are already complete" in again.stderr
    assert front_pages(site) == ["2016-01-21", "2016-01-23"], "a complete edition is not fetched again"


@pytest.mark.usefixtures("here")
def test_a_killed_backfill_is_resumed_without_repeating_work_even_by_two_commands_at_once(
    news: News, site: Replica
) -> None:
    today = datetime.now(ZONE).date()
    days = [today - timedelta(days=back) for back in (4, 3, 2)]
    started = subprocess.Popen(command(days[0], days[-1]), stderr=subprocess.DEVNULL, cwd=ROOT)
    until = time.monotonic() + LONGEST
    while len(story_requests(site)) < 15:  # the first edition has 12
        assert time.monotonic() < until
        os.sched_yield()
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    calls = [subprocess.Popen(command(days[0], days[-1]), stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in "ab"]
    said = [each.communicate(timeout=LONGEST)[1] for each in calls]
    assert [each.returncode for each in calls] == [0, 0]
    assert "\n".join(said).count("waiting for it to end") == 1
    assert len(news.stories()) == 36
    assert front_pages(site) == [str(days[0]), str(days[1]), str(days[1]), str(days[2])]
    times = Counter(story_requests(site))
    assert len(times) == 36
    assert times.total() <= 37, "only the page in progress is fetched again"
    assert news.rows("SELECT edition_date, outcome FROM runs ORDER BY 1") == [(day, "complete") for day in days]
    site.requests.clear()
    assert call(days[0], days[-1]).returncode == 0
    assert site.requests == []


@pytest.mark.usefixtures("here")
def test_a_site_that_blocks_the_crawler_ends_the_backfill_immediately(site: Replica) -> None:
    site.faults["/newspaper/front-page/2016-01-22"] = lambda: html(CHALLENGE, 403)
    done = call("2016-01-22", "2016-01-23")
    assert done.returncode == 1
    assert "2016-01-22 refused, 0 stories: blocked by the site: " in done.stderr
    assert "answered 403 with a challenge page" in done.stderr
    assert front_pages(site) == ["2016-01-22"]
    assert "not read" in done.stderr


@pytest.mark.usefixtures("here")
def test_a_backfill_stops_after_several_failed_days_in_a_row(
    news: News, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(backfill, "FAILURES", 2)
    status = backfill.backfill("dawn", date(2016, 1, 1), date(2016, 1, 31), news.writer, recheck=False)
    assert status == 1
    assert "stopped after 2 failed days in a row" in capfd.readouterr().err
    assert len(news.rows("SELECT 1 FROM runs")) == 2


def read(news: News, folder: Path, run: Run, **manifest: Any) -> None:
    load_batch(batch(folder, run.name, [], edition=str(run.edition), **manifest), news.writer)


def test_a_recheck_is_resumed_and_starts_over_once_every_day_is_done(news: News, tmp_path: Path) -> None:
    days = [date(2016, 1, day) for day in (1, 2, 3)]

    def left() -> dict[date, Run]:
        return plan("dawn", days, news.writer, recheck=True)

    first = left()
    assert list(first) == days
    assert all(run.recheck for run in first.values())
    read(news, tmp_path, first[days[0]])
    read(news, tmp_path, first[days[1]], outcome="incomplete")
    assert left() == {day: first[day] for day in days[1:]}
    read(news, tmp_path, first[days[1]])
    read(news, tmp_path, first[days[2]], outcome="empty")
    second = left()
    assert list(second) == days
    assert not {run.name for run in second.values()} & {run.name for run in first.values()}


def test_an_edition_counts_as_complete_once_a_run_of_it_passed_its_checks(news: News, tmp_path: Path) -> None:
    days = [date(2016, 1, day) for day in (1, 2, 3)]
    runs = plan("dawn", days, news.writer, recheck=False)
    for run in runs.values():
        read(news, tmp_path, run)
    assert plan("dawn", days, news.writer, recheck=False) == runs, "a run that was never checked"
    failed = '[{"severity": "error", "passed": false}]'
    warned = '[{"severity": "warning", "passed": false}, {"severity": "error", "passed": true}]'
    for day, checks in zip(days, (failed, warned, "[]"), strict=True):
        news.rows("UPDATE runs SET checks = %s WHERE edition_date = %s", checks, day)
    assert list(plan("dawn", days, news.writer, recheck=False)) == [days[0], days[2]]
