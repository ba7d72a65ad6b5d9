"""The problems that an operator needs to know first: missing editions, late runs and failed checks, with causes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from croniter import croniter
from pydantic import BaseModel, Field

from akhbar.newspaper import Newspaper
from newsroom.queries import Database, Date, Edition, FailedCheck, Freshness, Moment

DAYS = 30
"""A missing edition counts as a problem for this many days; older gaps appear only in the calendar."""
GRACE = timedelta(minutes=30)
"""A run is late if it has not started this long after its due time. An edition may be in progress until then."""

Severity = Literal["error", "warning"]
Kind = Literal["missing", "partial", "late", "failed"]
State = Literal["complete", "partial", "missing", "due", "unread"]


class Timeliness(BaseModel):
    """A schedule, and whether it is on time."""

    mode: str
    schedule: str = Field(description="A cron expression in the newspaper's time zone.")
    last_at: Moment | None = Field(description="Start of the last run.")
    due_at: datetime = Field(description="When the last run was due.")
    next_at: datetime = Field(description="When the next run is due.")
    late: bool


class Problem(BaseModel):
    """A problem, its cause, and where to look: `href` is relative to the Newsroom's own URL."""

    severity: Severity
    kind: Kind
    title: str
    detail: str
    href: str
    action: str


class Status(BaseModel):
    """A newspaper at a glance."""

    source: str
    publisher: str
    verdict: str = Field(description="The status in one line.")
    freshness: Freshness
    schedules: list[Timeliness]
    problems: list[Problem]
    checks: list[FailedCheck] = Field(description="Checks that failed or warned in the last 7 days.")


def newspaper_status(db: Database, paper: Newspaper, now: datetime) -> Status:
    """A newspaper's status at an instant with a time zone."""
    freshness = db.fetch("freshness", Freshness, source=paper.name)[0]
    today = now.astimezone(paper.zone).date()
    editions = db.fetch("editions", Edition, source=paper.name, first=today - timedelta(days=DAYS - 1), last=today)
    failed = db.fetch("failed_checks", FailedCheck, source=paper.name, since=now - timedelta(days=7))
    last_at = {"edition": freshness.edition_at, "latest": freshness.latest_at}
    schedules = [timeliness(mode, cron, last_at[mode], paper, now) for mode, cron in paper.schedules.items()]
    problems = [
        *_edition_problems(paper, editions, now),
        *_schedule_problems(paper, schedules),
        *_check_problems(paper, freshness, failed),
    ]
    problems.sort(key=lambda problem: problem.severity)
    return Status(
        source=paper.name,
        publisher=paper.publisher,
        verdict=_summary(freshness, problems),
        freshness=freshness,
        schedules=schedules,
        problems=problems,
        checks=failed,
    )


def timeliness(mode: str, schedule: str, last_at: Moment | None, paper: Newspaper, now: datetime) -> Timeliness:
    """Whether a run has started since the last due time. A run that is due now has until `GRACE` is over."""
    times = croniter(schedule, now.astimezone(paper.zone))
    next_at = times.get_next(datetime)
    due_at = times.get_prev(datetime)
    expected = due_at if now - due_at > GRACE else times.get_prev(datetime)
    return Timeliness(
        mode=mode,
        schedule=schedule,
        last_at=last_at,
        due_at=due_at,
        next_at=next_at,
        late=last_at is None or nearest(last_at) < expected,
    )


def edition_states(editions: Iterable[Edition], paper: Newspaper, now: datetime) -> dict[date, State]:
    """The state of each day's edition; `editions` are in order of date.

    Only a run of an edition stores it: runs of the latest stories store some of its stories. A day without a stored
    edition is `missing` if it or an earlier one has a run. Days before the first run are `unread`. A day whose edition
    may still be in progress is `due`.
    """
    if not paper.has_editions:
        return {edition.edition_date: "unread" for edition in editions}
    last_due = croniter(paper.schedules["edition"], (now - GRACE).astimezone(paper.zone)).get_prev(datetime).date()
    states: dict[date, State] = {}
    in_use = False
    for edition in editions:
        is_fetched = edition.run_id is not None
        in_use = in_use or is_fetched
        if edition.stories and is_fetched:
            states[edition.edition_date] = "complete" if edition.outcome == "complete" else "partial"
        elif edition.edition_date > last_due:
            states[edition.edition_date] = "due"
        else:
            states[edition.edition_date] = "missing" if in_use else "unread"
    return states


def explain(edition: Edition) -> str:
    """Why an edition is missing or incomplete."""
    if edition.run_id is None:
        return "No run has fetched it."
    reason = f", {edition.reason}" if edition.reason else ""
    return f"Last run: {outcome_label(edition.outcome)}{reason}"


def outcome_label(outcome: str | None) -> str:
    """An outcome in words; empty for None. The stored outcome `refused` means that the site blocked the crawler."""
    return "blocked" if outcome == "refused" else outcome or ""


def nearest(moment: Moment) -> datetime:
    """The moment, or the first or last one that Python can represent."""
    if isinstance(moment, datetime):
        return moment
    is_early = moment == "-infinity" or moment.endswith("BC")
    return (datetime.min if is_early else datetime.max).replace(tzinfo=UTC)


def local_time(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in a time zone; in its own if that is out of range."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def long_date(day: Date) -> str:
    """A date in words: Tuesday 3 November 2026."""
    if isinstance(day, str):
        return day
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_date(day: Date) -> str:
    """A date as in a table: 3 Nov 2026."""
    return day if isinstance(day, str) else f"{day.day} {day:%b %Y}"


def _edition_problems(paper: Newspaper, editions: list[Edition], now: datetime) -> Iterable[Problem]:
    states = edition_states(editions, paper, now)
    for edition in reversed(editions):
        day = edition.edition_date
        href = f"{paper.name}/editions/{day}"
        if states[day] == "missing":
            yield Problem(
                severity="error",
                kind="missing",
                title=f"The edition of {long_date(day)} is missing",
                detail=explain(edition),
                href=href,
                action="Fetch it",
            )
        elif states[day] == "partial":
            yield Problem(
                severity="warning",
                kind="partial",
                title=f"The edition of {long_date(day)} is incomplete",
                detail=explain(edition),
                href=href,
                action="View edition",
            )


def _schedule_problems(paper: Newspaper, schedules: list[Timeliness]) -> Iterable[Problem]:
    for schedule in schedules:
        if not schedule.late:
            continue
        dag = f"{paper.name}_{schedule.mode}"
        due = f"{schedule.due_at:%H:%M}"
        if schedule.last_at is None:
            title = f"{dag} has never run"
            detail = f"A run was due at {due}. Unpause the DAG in Airflow if it should run here."
        else:
            title = f"{dag} is late"
            started = local_time(nearest(schedule.last_at), paper.zone)
            detail = f"A run was due at {due}, but the last one started on {started:%A at %H:%M}. "
            detail += "Check whether the DAG is paused or the scheduler is down."
        yield Problem(
            severity="error" if schedule.last_at else "warning",
            kind="late",
            title=title,
            detail=detail,
            href=f"{paper.name}/runs?mode={schedule.mode}",
            action="View runs",
        )


def _check_problems(paper: Newspaper, freshness: Freshness, failed: list[FailedCheck]) -> Iterable[Problem]:
    """The checks that the newest run of each mode failed. Older failures are resolved."""
    for check in failed:
        if check.run_id in (freshness.edition_run, freshness.latest_run):
            is_error = check.severity == "error"
            yield Problem(
                severity="error" if is_error else "warning",
                kind="failed",
                title=f"The check {check.name} {'failed' if is_error else 'gave a warning'}",
                detail=check.message,
                href=f"{paper.name}/runs/{check.run_id}",
                action="View run",
            )


def _summary(freshness: Freshness, problems: list[Problem]) -> str:
    if freshness.edition_run is None and freshness.latest_run is None:
        return "Nothing has been crawled yet"
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return f"No errors, but {_counted(len(problems), 'warning')}" if problems else "All is well"
    parts = []
    for kind, noun in (("missing", "edition"), ("late", "DAG"), ("failed", "check")):
        count = sum(problem.kind == kind for problem in errors)
        if count:
            verb = "failed" if kind == "failed" else f"{'is' if count == 1 else 'are'} {kind}"
            parts.append(f"{_counted(count, noun)} {verb}")
    summary = ", ".join(parts)
    return summary[0].upper() + summary[1:]


def _counted(count: int, noun: str) -> str:
    return f"one {noun}" if count == 1 else f"{count} {noun}s"
