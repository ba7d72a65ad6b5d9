"""What a keeper should know first: which editions are missing and why, what is late, which checks failed."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, Self

from croniter import croniter
from pydantic import BaseModel, Field

from akhbar.newspaper import Newspaper
from newsroom.questions import Database, Edition, FailedCheck, Freshness

DAYS = 30
"""How far back a missing edition is a problem; older gaps are seen on the calendar."""
GRACE = timedelta(minutes=30)
"""How long after its due time a run may begin, and an edition may be under way, before it is late."""

Severity = Literal["error", "warning"]
Kind = Literal["missing", "partial", "late", "failed"]
State = Literal["complete", "partial", "missing", "due", "unread"]


class Timeliness(BaseModel):
    """One schedule, and whether it was kept."""

    mode: str
    schedule: str = Field(description="A cron expression, in the newspaper's own time zone.")
    last_at: datetime | None = Field(description="When the last run began.")
    due_at: datetime = Field(description="When the last run was due.")
    next_at: datetime = Field(description="When the next one is due.")
    late: bool


class Problem(BaseModel):
    """Something to look at: what it is, why, and where, as an address below the Newsroom's own."""

    severity: Severity
    kind: Kind
    title: str
    detail: str
    href: str
    action: str

    @classmethod
    def of(cls, severity: Severity, kind: Kind, title: str, detail: str, href: str, action: str) -> Self:
        return cls(severity=severity, kind=kind, title=title, detail=detail, href=href, action=action)


class Status(BaseModel):
    """A newspaper at a glance."""

    source: str
    publisher: str
    verdict: str
    freshness: Freshness
    schedules: list[Timeliness]
    problems: list[Problem]
    checks: list[FailedCheck] = Field(description="Checks that failed or warned in the last 7 days.")


def status(db: Database, paper: Newspaper, now: datetime) -> Status:
    """Looks at a newspaper as its keeper would in the morning. Times are aware."""
    freshness = db.ask("freshness", Freshness, source=paper.name)[0]
    today = now.astimezone(paper.zone).date()
    last = db.ask("editions", Edition, source=paper.name, first=today - timedelta(days=DAYS - 1), last=today)
    failed = db.ask("failed_checks", FailedCheck, source=paper.name, since=now - timedelta(days=7))
    last_at = {"edition": freshness.edition_at, "latest": freshness.latest_at}
    schedules = [timeliness(mode, cron, last_at[mode], paper, now) for mode, cron in paper.schedules.items()]
    problems = [
        *_of_editions(paper, last, now),
        *_of_schedules(paper, schedules),
        *_of_checks(paper, freshness, failed),
    ]
    problems.sort(key=lambda problem: problem.severity)
    return Status(
        source=paper.name,
        publisher=paper.publisher,
        verdict=_verdict(freshness, problems),
        freshness=freshness,
        schedules=schedules,
        problems=problems,
        checks=failed,
    )


def timeliness(mode: str, schedule: str, last_at: datetime | None, paper: Newspaper, now: datetime) -> Timeliness:
    """Whether a run began since the last time one was due. One that is due now has until `GRACE` is over."""
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
        late=last_at is None or last_at < expected,
    )


def states(editions: Iterable[Edition], paper: Newspaper, now: datetime) -> dict[date, State]:
    """The state of each day's edition.

    A day without stories is `missing` once it was tried, or once an edition before it is stored; before that nobody
    reads the paper yet, and the day is `unread`. The day whose edition may still be under way is `due`.
    """
    if paper.edition is None:
        return {edition.edition_date: "unread" for edition in editions}
    first_due = croniter(paper.edition.schedule, (now - GRACE).astimezone(paper.zone)).get_prev(datetime).date()
    found: dict[date, State] = {}
    begun = False
    for edition in editions:
        begun = begun or edition.stories > 0 or edition.run_id is not None
        if edition.stories:
            found[edition.edition_date] = "complete" if edition.outcome in (None, "complete") else "partial"
        elif edition.edition_date > first_due:
            found[edition.edition_date] = "due"
        else:
            found[edition.edition_date] = "missing" if begun else "unread"
    return found


def why(edition: Edition) -> str:
    """Why an edition is not complete, in words."""
    if edition.run_id is None:
        return "No run has tried to read it."
    said = f": {edition.reason}" if edition.reason else ""
    return f"The last run that tried ended as {edition.outcome}{said}"


def long_date(day: date) -> str:
    """A day as people write it: Tuesday 3 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def _of_editions(paper: Newspaper, editions: list[Edition], now: datetime) -> Iterable[Problem]:
    state = states(editions, paper, now)
    for edition in reversed(editions):
        day = edition.edition_date
        href = f"{paper.name}/editions/{day}"
        if state[day] == "missing":
            title = f"The edition of {long_date(day)} is missing"
            yield Problem.of("error", "missing", title, why(edition), href, "Read it")
        elif state[day] == "partial":
            title = f"The edition of {long_date(day)} is not complete"
            yield Problem.of("warning", "partial", title, why(edition), href, "Look")


def _of_schedules(paper: Newspaper, schedules: list[Timeliness]) -> Iterable[Problem]:
    for schedule in schedules:
        dag = f"{paper.name}_{schedule.mode}"
        href = f"{paper.name}/runs?mode={schedule.mode}"
        if schedule.last_at is None:
            detail = f"A run was due at {schedule.due_at:%H:%M}. Turn the DAG on in Airflow, if it is to run here."
            yield Problem.of("warning", "late", f"{dag} has never run", detail, href, "Its runs")
        elif schedule.late:
            last = schedule.last_at.astimezone(paper.zone)
            detail = f"A run was due at {schedule.due_at:%H:%M}, and the last one began on {last:%A at %H:%M}. "
            detail += "Is the DAG paused, or Airflow's scheduler down?"
            yield Problem.of("error", "late", f"{dag} is late", detail, href, "Its runs")


def _of_checks(paper: Newspaper, freshness: Freshness, failed: list[FailedCheck]) -> Iterable[Problem]:
    """Only those of the newest run of each mode: what a later run passed is over."""
    for check in failed:
        if check.run_id in (freshness.edition_run, freshness.latest_run):
            severity: Severity = "error" if check.severity == "error" else "warning"
            title = f"The check {check.name} {'failed' if severity == 'error' else 'warned'}"
            yield Problem.of(severity, "failed", title, check.message, f"{paper.name}/runs/{check.run_id}", "The run")


def _verdict(freshness: Freshness, problems: list[Problem]) -> str:
    if freshness.edition_run is None and freshness.latest_run is None:
        return "Nothing has been read yet"
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return f"Well, but see {_counted(len(problems), 'warning')}" if problems else "All is well"
    said = []
    for kind, what in (("missing", "edition"), ("late", "schedule"), ("failed", "check")):
        count = sum(problem.kind == kind for problem in errors)
        if count:
            verb = "failed" if kind == "failed" else f"{'is' if count == 1 else 'are'} {kind}"
            said.append(f"{_counted(count, what)} {verb}")
    verdict = ", ".join(said)
    return verdict[0].upper() + verdict[1:]


def _counted(count: int, what: str) -> str:
    return f"one {what}" if count == 1 else f"{count} {what}s"
