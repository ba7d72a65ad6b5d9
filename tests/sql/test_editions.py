"""The views of days: what became of each day's edition, and on which days a newspaper was read."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from akhbar.steps.check import ChecksFailedError, check_run
from akhbar.steps.load import load_batch
from tests.akhbar.batches import FIRST_RUN, batch, editorial, reject, story
from tests.conftest import News

Read = Callable[..., Path]


@pytest.fixture
def read(news: News, tmp_path: Path) -> Read:
    """Loads a run of a day of November 2026: an edition, with an article and an editorial unless others are given. It
    begins at 09:00 in Karachi on that day, or `hours` later."""
    runs: list[Path] = []

    def load(day: int, stories: list[dict[str, Any]] | None = None, *, hours: int = 0, **manifest: Any) -> Path:
        if stories is None:
            on = {"edition_date": f"2026-11-{day}", "published_at": f"2026-11-{day}T06:00:00+05:00"}
            stories = [story(day * 10, **on), editorial(day * 10 + 1, **on)]
        since = (day - FIRST_RUN.day) * 24 + hours
        made = {"edition": f"2026-11-{day}"} | manifest
        folder = batch(tmp_path, f"run-{len(runs)}", stories, hours=since, **made)
        load_batch(folder, news.writer)
        runs.append(folder)
        return folder

    return load


NOTHING: dict[str, Any] = {"stories": [], "listed": []}


def statuses(news: News, last: int = 30) -> dict[int, str]:
    """The status of each day of November 2026, up to `last`."""
    query = "SELECT day, status FROM editions WHERE source = 'dawn' AND day <= %s ORDER BY day"
    return {day.day: status for day, status in news.rows(query, date(2026, 11, last), url=news.reader)}


def test_each_day_has_the_status_of_its_edition(news: News, read: Read) -> None:
    read(20)
    with suppress(ChecksFailedError):
        check_run(read(21, listed=["210", "211", "212"]), news.writer)
    read(22, outcome="incomplete")
    read(23, **NOTHING, outcome="refused")
    read(24, **NOTHING, outcome="failed")
    read(25, **NOTHING, outcome="empty")
    read(27, **NOTHING, outcome="failed")
    news.rows("INSERT INTO no_paper_days VALUES ('dawn', '2026-11-20', 'Eid'), ('dawn', '2026-11-27', 'Eid')")
    read(28)
    assert statuses(news, last=28) == {
        20: "complete",
        21: "check_failed",
        22: "partial",
        23: "blocked",
        24: "missing",
        25: "no_paper",
        26: "not_tried",
        27: "no_paper",
        28: "complete",
    }
    [row] = news.rows(
        "SELECT e.articles, e.editorials, e.coverage, r.batch FROM editions e JOIN runs r ON e.run_id = r.id "
        "WHERE e.day = '2026-11-21'"
    )
    assert row == (1, 1, 0.6667, "dawn/run-1")


def test_listings_that_named_no_story_mean_no_paper_only_when_a_later_day_is_stored(news: News, read: Read) -> None:
    read(20, **NOTHING, outcome="empty")
    assert statuses(news, last=20) == {20: "missing"}
    read(21)
    assert statuses(news, last=20) == {20: "no_paper"}


def test_a_complete_edition_stays_complete_until_a_complete_run_fails_a_check(news: News, read: Read) -> None:
    read(20)
    for hours, outcome in enumerate(("refused", "incomplete", "failed", "running"), 1):
        read(20, **NOTHING, hours=hours, outcome=outcome)
        assert statuses(news, last=20) == {20: "complete"}
    with suppress(ChecksFailedError):
        check_run(read(20, hours=5, listed=["200", "201", "202"]), news.writer)
    read(20, **NOTHING, hours=6, outcome="refused")
    assert statuses(news, last=20) == {20: "check_failed"}
    read(20, hours=7)
    assert statuses(news, last=20) == {20: "complete"}


def test_an_edition_that_was_stored_in_part_is_blocked_while_the_site_refuses_the_rest(news: News, read: Read) -> None:
    read(20, outcome="incomplete")
    read(20, **NOTHING, hours=1, outcome="refused")
    assert statuses(news, last=20) == {20: "blocked"}


@pytest.mark.parametrize(("kind", "status", "articles"), [("print", "not_tried", 0), ("dated", "not_tried", 1)])
def test_latest_runs_store_stories_of_an_edition_but_do_not_complete_it(
    news: News, read: Read, kind: str, status: str, articles: int
) -> None:
    news.rows("UPDATE newspapers SET edition_kind = %s WHERE source = 'dawn'", kind)
    online = story(1, edition_date=None, published_at="2026-11-20T20:30:00+05:00")
    read(20, [online], mode="latest", edition=None)
    found = news.rows("SELECT status, articles FROM editions WHERE source = 'dawn' AND day = '2026-11-20'")
    assert found == [(status, articles)]


def test_without_editions_a_day_has_the_status_of_the_latest_runs_that_started_on_it(news: News, read: Read) -> None:
    news.rows("UPDATE newspapers SET edition_kind = 'none' WHERE source = 'dawn'")
    latest: dict[str, Any] = {"mode": "latest", "edition": None}
    online = story(1, edition_date=None, published_at="2026-11-20T06:00:00+05:00")
    read(20, [online], **latest)
    read(20, **NOTHING, hours=14, outcome="refused", **latest)
    read(20, **NOTHING, hours=16, outcome="refused", **latest)  # at 01:00 of the next day
    read(22, [], **latest)
    read(24, [story(2, edition_date=None, published_at="2026-11-24T06:00:00+05:00")], outcome="incomplete", **latest)
    assert statuses(news, last=24) == {20: "complete", 21: "blocked", 22: "no_paper", 23: "not_tried", 24: "partial"}


def test_a_newspaper_starts_on_the_day_of_the_first_run_that_reads_the_news_of_its_day(news: News, read: Read) -> None:
    start = "SELECT start_date FROM newspapers WHERE source = 'dawn'"
    read(21, edition="2016-01-22")
    read(21, edition="2026-11-20")
    assert news.rows(start) == [(None,)]
    assert news.rows("SELECT * FROM editions") == []
    read(21, hours=16, mode="latest", edition=None)
    assert news.rows(start) == [(date(2026, 11, 22),)], "the run began at 01:00 in Karachi"
    read(21, hours=17, edition="2026-11-21")
    read(20)
    assert news.rows(start) == [(date(2026, 11, 22),)]


def test_editions_go_to_today_or_to_the_newest_stored_day(news: News, read: Read) -> None:
    read(20)
    today, tomorrow = news.rows(
        "SELECT day, day + 1 FROM (SELECT (now() AT TIME ZONE 'Asia/Karachi')::date AS day) AS today"
    )[0]
    newest = "SELECT max(day) FROM editions"
    assert news.rows(newest)[0][0] in (today, tomorrow)  # midnight may pass
    later = today + timedelta(days=5)
    read(20, [story(1, edition_date=later.isoformat())], hours=1)
    assert news.rows(newest) == [(later,)]


def test_days_on_which_a_newspaper_was_not_read_are_told_from_days_without_stories(news: News, read: Read) -> None:
    read(20)
    read(21, **NOTHING, outcome="empty")
    read(22, **NOTHING, outcome="refused")
    read(23, **NOTHING, mode="latest", edition=None)
    read(24, **NOTHING, outcome="running")
    read(26)
    days = news.rows("SELECT day FROM days_read WHERE source = 'dawn' ORDER BY day", url=news.reader)
    assert [day.day for (day,) in days] == [20, 21, 23, 26]
    covered = news.rows("SELECT DISTINCT day, was_read FROM coverage_daily ORDER BY day", url=news.reader)
    assert {day.day: was_read for day, was_read in covered} == {
        **dict.fromkeys((20, 21, 23, 26), True),
        **dict.fromkeys((22, 24, 25), False),
    }


def test_a_day_with_stored_stories_was_read(news: News, read: Read) -> None:
    """Stories that were imported, or that a run of another day found."""
    read(20, [story(1, edition_date="2025-01-01"), story(2)], rejects=[reject(3, "missing_title")])
    days = news.rows("SELECT day FROM days_read WHERE source = 'dawn' AND day < '2026-01-01'")
    assert days == [(date(2025, 1, 1),)]
