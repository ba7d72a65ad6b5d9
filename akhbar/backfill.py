"""`akhbar backfill`: crawls the editions of a range of days, without Airflow, until each is complete.

It goes from the oldest to the newest, as in Airflow: the checks compare an edition with the fourteen before it, and
stories are stored in the order in which they appeared. A second call resumes the first, however it ended: complete
editions are skipped, and an interrupted run continues its batch, whose name is derived from the day.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from time import monotonic
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Column, Table

from akhbar.database.connection import transaction
from akhbar.database.locks import locked
from akhbar.pipeline import run_all, run_lock
from akhbar.run import Run, run_name
from akhbar.settings import ROOT, check_crawl_settings
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.scrape import CrawlFailedError, NewspaperRefusedError

logger = logging.getLogger(__name__)

STATEMENTS = ROOT / "sql" / "backfill"

FAILURES = 5
"""Number of failed days in a row after which a backfill stops: probably the site is down or has changed."""

ADVICE = {
    "complete": "",
    "empty": "the site has no page for that day, for example on a holiday; the next call checks it again",
    "failed": "see the reasons above, then run this again: it fetches only what is missing",
    "refused": "blocked by the site: wait until the time given above, then run this again",
    "not read": "run this again to continue",
}


@dataclass(frozen=True)
class Day:
    """The outcome of a day's edition."""

    date: date
    state: Literal["complete", "empty", "failed", "refused"]
    stories: int
    """How many of the edition's stories are stored."""
    reason: str = ""


def backfill(source: str, first: date, last: date, database_url: str, *, recheck: bool) -> int:
    """Crawls the editions from `first` to `last`, both included, and shows its progress on standard error.

    With `recheck`, the stories of complete editions are fetched too. A second call for the same range resumes a stopped
    recheck, or starts a new one if every day was read. Returns 0 if every edition is complete, otherwise 1. Raises
    `DatabaseError`.
    """
    check_crawl_settings()
    console = Console(stderr=True, highlight=False)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with locked(database_url, "backfill", source):  # concurrent backfills would resume each other's batches
        runs = plan(source, days, database_url, recheck=recheck)
        done = len(days) - len(runs)
        if done:
            console.print(f"{done} of {len(days)} editions are already complete")
        read: list[Day] = []
        try:
            _show(_read_all(runs, database_url), read, len(runs), console)
        finally:
            console.print(_summary(read, done, len(runs) - len(read)))
    return 0 if [day.state for day in read] == ["complete"] * len(runs) else 1


def plan(source: str, days: list[date], database_url: str, *, recheck: bool) -> dict[date, Run]:
    """The days still to be crawled, in order, each with its run."""
    with transaction(database_url) as cursor:
        parameters = {"source": source, "first": days[0], "last": days[-1]}
        cursor.execute((STATEMENTS / "loaded_editions.sql").read_text(), parameters)
        found = cursor.fetchall()
    if not recheck:
        good = {day for day, _, is_good in found if is_good}
        return {day: _run(source, day, "backfill", recheck=False) for day in days if day not in good}
    names = {name for _, name, _ in found}
    rounds = {day: next(n for n in count() if _recheck(source, days, day, n).name not in names) for day in days}
    this = min(rounds.values())
    return {day: _recheck(source, days, day, this) for day in days if rounds[day] == this}


def _recheck(source: str, days: list[date], day: date, number: int) -> Run:
    """The run for a day in the nth recheck of these days."""
    return _run(source, day, f"recheck {days[0]} {days[-1]} {number + 1}", recheck=True)


def _run(source: str, day: date, key: str, *, recheck: bool) -> Run:
    return Run(source, "edition", day, run_name("edition", day, key), recheck=recheck)


def _read_all(runs: dict[date, Run], database_url: str) -> Iterator[Day]:
    """Crawls one edition after another, until the site blocks the crawl or too many in a row have failed."""
    failures = 0
    for edition, run in runs.items():
        day = _read(edition, run, database_url)
        yield day
        failures = failures + 1 if day.state == "failed" else 0
        if day.state == "refused":
            logger.warning("stopped: the site blocks the crawl")
            return
        if failures == FAILURES:
            logger.warning("stopped after %d failed days in a row: is the site down, or has it changed?", FAILURES)
            return


def _read(edition: date, run: Run, database_url: str) -> Day:
    state: Literal["complete", "empty", "failed", "refused"] = "complete"
    reason = ""
    batch = f"{run.source}/{run.name}"
    try:
        with run_lock(batch, database_url):
            run_all(run, database_url)
    except NewspaperRefusedError as error:
        state, reason = "refused", str(error)
    except (CrawlFailedError, ChecksFailedError) as error:
        state, reason = "failed", str(error)
    with transaction(database_url) as cursor:
        cursor.execute((STATEMENTS / "run_result.sql").read_text(), {"batch": batch})
        [(outcome, stories, has_sections)] = cursor.fetchall()
    if outcome == "empty" and not has_sections:
        state, reason = "empty", "the site has no section for that day"
    return Day(edition, state, stories, reason)


# --- progress -------------------------------------------------------------------------------------------------------


ADDRESS = re.compile(r"https?://[^/\s]+(?=/)")
"""The scheme and host of a URL, which are the same for all pages."""


class _ProgressHandler(logging.Handler):
    """Shows warnings as lines above the progress bar, and the latest log message beside it."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        message = ADDRESS.sub("", record.getMessage())
        if record.levelno >= logging.WARNING:
            self.progress.console.print(message, markup=False, soft_wrap=True)
        for task_id in self.progress.task_ids:
            self.progress.update(task_id, now=message.partition("\n")[0])


def _show(days: Iterable[Day], read: list[Day], total: int, console: Console) -> None:
    """Adds each day to `read` when it is done. Prints a line per day, and on a terminal a progress bar below."""
    pace = TextColumn("days, {task.fields[pace]}")
    now = TextColumn("{task.fields[now]}", "dim", markup=False, table_column=Column(ratio=1, no_wrap=True))
    columns = (SpinnerColumn(), BarColumn(12), MofNCompleteColumn(), pace, now)
    began = monotonic()
    with (
        Progress(*columns, console=console, expand=True, transient=True, disable=not console.is_terminal) as progress,
        _logging_to(_ProgressHandler(progress)),
    ):
        bar = progress.add_task("", total=total, pace="0 stories", now="")
        for day in days:
            read.append(day)
            so_far = _pace(read, total, monotonic() - began)
            reason = f": {day.reason}" if day.reason else ""
            line = f"{day.date} {day.state}, {day.stories} stories{reason} ({len(read)} of {total} days, {so_far})"
            console.print(line, markup=False, soft_wrap=True)
            progress.update(bar, completed=len(read), pace=so_far)


@contextmanager
def _logging_to(handler: logging.Handler) -> Iterator[None]:
    """Sends the log to this handler only, for the duration of a block."""
    root = logging.getLogger()
    before = root.handlers
    root.handlers = [handler]
    try:
        yield
    finally:
        root.handlers = before


def _pace(read: list[Day], total: int, seconds: float) -> str:
    """The number of stories so far, their rate, and the remaining time at that rate."""
    stories = sum(day.stories for day in read)
    left = timedelta(seconds=round(seconds / len(read) * (total - len(read))))
    return f"{stories} stories, {stories / seconds * 60:.0f} a minute, {left} left"


def _summary(read: list[Day], done: int, left: int) -> Table:
    """One row per outcome: how many days, which days, and what to do."""
    table = Table(title="Editions", title_justify="left", title_style="bold")
    table.add_column("state")
    table.add_column("days", justify="right")
    table.add_column("which")
    table.add_column("what to do")
    if done:
        table.add_row("already complete", str(done), "", "")
    for state in ("complete", "empty", "failed", "refused"):
        dates = [str(day.date) for day in read if day.state == state]
        if dates:
            which = ", ".join(dates[:8]) + (f" and {len(dates) - 8} more" if len(dates) > 8 else "")
            table.add_row(state, str(len(dates)), which if state != "complete" else "", ADVICE[state])
    if left:
        table.add_row("not read", str(left), "", ADVICE["not read"])
    return table
