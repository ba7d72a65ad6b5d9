"""The pause after a site refused pages: how long it lasts, and what ends it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from akhbar.database.pause import REFUSALS, Pause, next_try, pages_pause
from akhbar.steps.load import load_batch
from tests.akhbar.batches import FIRST_RUN, batch
from tests.conftest import News
from tests.spiders.dawn import DAWN

PAGES_READ = {"akhbar/story/parsed": 3}
NEXT_DAY = FIRST_RUN + timedelta(days=1)


def pause_after(news: News, folder: Path, *runs: dict[str, Any], source: str = "dawn") -> Pause:
    """The pause after runs an hour apart, each described by what its manifest has."""
    for number, manifest in enumerate(runs):
        manifest = {"outcome": "refused", "finished_at": (FIRST_RUN + timedelta(hours=number)).isoformat(), **manifest}
        load_batch(batch(folder, f"run-{number}", [], hours=number, **manifest), news.writer)
    with closing(psycopg2.connect(news.writer)) as connection, connection.cursor() as cursor:
        return pages_pause(cursor, source, NEXT_DAY)


@pytest.mark.parametrize(("refusals", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24)])
def test_each_refusal_in_a_row_doubles_the_pause_up_to_a_day(
    news: News, tmp_path: Path, refusals: int, hours: int
) -> None:
    last = FIRST_RUN + timedelta(hours=refusals - 1)
    assert pause_after(news, tmp_path, *[{}] * refusals) == Pause(refusals, last + timedelta(hours=hours))


@pytest.mark.parametrize(
    "run",
    [
        {"outcome": "complete"},
        {"outcome": "incomplete", "stats": PAGES_READ},
        {"outcome": "empty", "stats": {"akhbar/listing/parsed": 1}},
    ],
)
def test_a_run_that_read_pages_ends_the_pause(news: News, tmp_path: Path, run: dict[str, Any]) -> None:
    assert pause_after(news, tmp_path, {}, {}, run) == Pause(0, None)
    assert pause_after(news, tmp_path, {}, {}, run, {}) == Pause(1, FIRST_RUN + timedelta(hours=3 + 1))


@pytest.mark.parametrize(
    "run",
    [
        {"outcome": "incomplete"},
        {"outcome": "complete", "stats": {"akhbar/pages_paused_until": NEXT_DAY.isoformat()}},
        {"reason": "AKHBAR_CONTACT is not set"},
    ],
)
def test_a_run_that_requested_no_pages_changes_nothing(news: News, tmp_path: Path, run: dict[str, Any]) -> None:
    assert pause_after(news, tmp_path, {}, run) == Pause(1, FIRST_RUN + timedelta(hours=1))


def test_a_run_that_was_tried_again_counts_its_earlier_refusals(news: News, tmp_path: Path) -> None:
    assert pause_after(news, tmp_path, {"stats": {REFUSALS: 3}}) == Pause(3, FIRST_RUN + timedelta(hours=4))


def test_another_newspapers_runs_do_not_count(news: News, tmp_path: Path) -> None:
    assert pause_after(news, tmp_path, {}, source="gazette") == Pause(0, None)


@pytest.mark.parametrize(("until", "is_over"), [(None, True), (-1, True), (0, True), (1, False)])
def test_a_pause_is_over_at_its_end(until: int | None, is_over: bool) -> None:
    end = None if until is None else NEXT_DAY + timedelta(minutes=until)
    assert Pause(1, end).is_over(NEXT_DAY) is is_over


def test_the_time_of_the_next_try_is_in_the_newspapers_zone() -> None:
    until = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
    assert next_try(until, DAWN) == "pages will be retried after 2026-11-21 02:30 Asia/Karachi"
