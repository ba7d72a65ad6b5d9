"""`akhbar backfill`: the editions of a range of days, without Airflow, until each is complete.

Oldest first, as in Airflow: the checks hold an edition to the fourteen before it, and stories keep the order in which a
reader saw them. A call goes on where an earlier one ended, however that ended: editions that are complete are left out,
and a run that broke off has its batch continued, since its name follows from its day.
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
from akhbar.settings import ROOT, check_crawling
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.scrape import CrawlFailedError, NewspaperRefusedError

logger = logging.getLogger(__name__)

STATEMENTS = ROOT / "sql" / "backfill"

FAILURES = 5
"""Failed days in a row after which it stops: the cause is not the day's. A site that is down, for example."""

ADVICE = {
    "complete": "",
    "empty": "the site has no page of that day: no paper, as on a holiday; called again, it is asked for again",
    "failed": "the reasons are above; call this again: only what is missing is fetched",
    "refused": "nothing for some hours, then call this again",
    "not read": "call this again to go on",
}


@dataclass(frozen=True)
class Day:
    """What became of a day's edition."""

    date: date
    state: Literal["complete", "empty", "failed", "refused"]
    stories: int
    """Stories of the edition that are stored."""
    reason: str = ""


def backfill(source: str, first: date, last: date, database_url: str, *, recheck: bool) -> int:
    """Reads the editions from one day to another, both included, and shows how far it is on standard error.

    With `recheck` the stories of complete editions are fetched too; the same range called again after it was stopped
    goes on with it, and begins anew once every day was read. Returns 0 if every edition is complete, else 1. Raises
    `DatabaseError`.
    """
    check_crawling()
    console = Console(stderr=True, highlight=False)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with locked(database_url, "backfill", source):  # two at once would resume each other's batches
        runs = plan(source, days, database_url, recheck=recheck)
        done = len(days) - len(runs)
        if done:
            console.print(f"{done} of {len(days)} editions are there already")
        read: list[Day] = []
        try:
            _show(_read_all(runs, database_url), read, len(runs), console)
        finally:
            console.print(_summary(read, done, len(runs) - len(read)))
    return 0 if [day.state for day in read] == ["complete"] * len(runs) else 1


def plan(source: str, days: list[date], database_url: str, *, recheck: bool) -> dict[date, Run]:
    """The days that are still to be read, in their order, and the run that reads each."""
    with transaction(database_url) as cursor:
        wanted = {"source": source, "first": days[0], "last": days[-1]}
        cursor.execute((STATEMENTS / "loaded_editions.sql").read_text(), wanted)
        found = cursor.fetchall()
    if not recheck:
        good = {day for day, _, is_good in found if is_good}
        return {day: _run(source, day, "backfill", recheck=False) for day in days if day not in good}
    names = {name for _, name, _ in found}
    rounds = {day: next(n for n in count() if _recheck(source, days, day, n).name not in names) for day in days}
    this = min(rounds.values())
    return {day: _recheck(source, days, day, this) for day in days if rounds[day] == this}


def _recheck(source: str, days: list[date], day: date, number: int) -> Run:
    """The run that looks again at a day, the so-many-th time that these days are."""
    return _run(source, day, f"recheck {days[0]} {days[-1]} {number + 1}", recheck=True)


def _run(source: str, day: date, key: str, *, recheck: bool) -> Run:
    return Run(source, "edition", day, run_name("edition", day, key), recheck=recheck)


def _read_all(runs: dict[date, Run], database_url: str) -> Iterator[Day]:
    """Reads one edition after the other, until the newspaper refuses or too many in a row have failed."""
    failures = 0
    for edition, run in runs.items():
        day = _read(edition, run, database_url)
        yield day
        failures = failures + 1 if day.state == "failed" else 0
        if day.state == "refused":
            logger.warning("stopped, since the newspaper refused")
            return
        if failures == FAILURES:
            logger.warning("stopped after %d failed days in a row: is the site up, and as it was?", FAILURES)
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
        state, reason = "empty", "the newspaper has no section of that day"
    return Day(edition, state, stories, reason)


# --- how far it is --------------------------------------------------------------------------------------------------


ADDRESS = re.compile(r"https?://[^/\s]+(?=/)")
"""The part of a page's URL that is the same for all of them."""


class _BesideTheBar(logging.Handler):
    """Shows warnings as lines above the bar, and beside it what is going on."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        said = ADDRESS.sub("", record.getMessage())
        if record.levelno >= logging.WARNING:
            self.progress.console.print(said, markup=False, soft_wrap=True)
        for task_id in self.progress.task_ids:
            self.progress.update(task_id, now=said.partition("\n")[0])


def _show(days: Iterable[Day], read: list[Day], total: int, console: Console) -> None:
    """Adds the days to `read` as they come: a line each, and on a terminal a bar below."""
    pace = TextColumn("days, {task.fields[pace]}")
    now = TextColumn("{task.fields[now]}", "dim", markup=False, table_column=Column(ratio=1, no_wrap=True))
    columns = (SpinnerColumn(), BarColumn(12), MofNCompleteColumn(), pace, now)
    began = monotonic()
    with (
        Progress(*columns, console=console, expand=True, transient=True, disable=not console.is_terminal) as progress,
        _logging_to(_BesideTheBar(progress)),
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
    """Sends the log to this handler alone for the length of a block."""
    root = logging.getLogger()
    before = root.handlers
    root.handlers = [handler]
    try:
        yield
    finally:
        root.handlers = before


def _pace(read: list[Day], total: int, seconds: float) -> str:
    """How many stories there are, how fast they come, and how long the days that are left will take at that pace."""
    stories = sum(day.stories for day in read)
    left = timedelta(seconds=round(seconds / len(read) * (total - len(read))))
    return f"{stories} stories, {stories / seconds * 60:.0f} a minute, {left} left"


def _summary(read: list[Day], done: int, left: int) -> Table:
    """A line for each thing that can become of a day, with how many there are, which, and what to do."""
    table = Table(title="Editions", title_justify="left", title_style="bold")
    table.add_column("state")
    table.add_column("days", justify="right")
    table.add_column("which")
    table.add_column("what to do")
    if done:
        table.add_row("there already", str(done), "", "")
    for state in ("complete", "empty", "failed", "refused"):
        dates = [str(day.date) for day in read if day.state == state]
        if dates:
            which = ", ".join(dates[:8]) + (f" and {len(dates) - 8} more" if len(dates) > 8 else "")
            table.add_row(state, str(len(dates)), which if state != "complete" else "", ADVICE[state])
    if left:
        table.add_row("not read", str(left), "", ADVICE["not read"])
    return table
