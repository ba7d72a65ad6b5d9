"""The newspapers, as their spiders declare them.

Read from the source of `spiders/*.py` without running it: Airflow asks for this every time it parses the DAGs, and
Scrapy alone takes a second to import.
"""

import ast
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from croniter import croniter

from akhbar.settings import ROOT

CLASS_HEAD = re.compile(r"^class .*?(?=^    (?:@|def |async def )|^[^\s#)]|\Z)", re.MULTILINE | re.DOTALL)
"""A class up to its first method, where a spider declares its newspaper: to parse the whole of fifty spiders would take
longer than to make their DAGs."""


class UnknownNewspaperError(Exception):
    """No spider has this name."""


@dataclass(frozen=True)
class Newspaper:
    """What a spider declares in its class body, under these names."""

    name: str
    publisher: str
    home_page: str
    timezone: str
    language: str
    sections: dict[str, str]
    """The path of each print section, and its name as the paper prints it."""
    edition_schedule: str
    """A cron expression in the newspaper's own time zone, as `latest_schedule`."""
    edition_due: str
    """The hour at which the day's edition must be stored, HH:MM in the newspaper's own time zone."""
    latest_schedule: str
    latest_due_hours: int
    """Hours after which stories must have come from a run for the latest ones."""
    doc: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        return urlsplit(self.home_page).netloc

    def has_come(self, edition: date, now: datetime) -> bool:
        """Whether it is the day of an edition, or later, where the newspaper is printed."""
        return edition <= now.astimezone(self.zone).date()

    def editions_due(self, since: datetime, until: datetime) -> list[date]:
        """The dates of the editions whose hour has come between two instants, the oldest first."""
        days = croniter(self.edition_schedule, since.astimezone(self.zone) - timedelta(days=1))
        due = []
        while (day := days.get_next(datetime).date()) <= until.astimezone(self.zone).date():
            if since <= self.due_at(day) <= until and day not in due:
                due.append(day)
        return due

    @property
    def edition_due_after(self) -> timedelta:
        """How long after its schedule an edition must be stored."""
        scheduled: datetime = croniter(self.edition_schedule, datetime(2000, 1, 1, tzinfo=self.zone)).get_next(datetime)
        return self.due_at(scheduled.date()) - scheduled

    def due_at(self, edition: date) -> datetime:
        """When an edition must be stored."""
        return datetime.combine(edition, time.fromisoformat(self.edition_due), self.zone)


@cache
def declared() -> tuple[Newspaper, ...]:
    """Every newspaper that a file in `spiders/` declares, by name."""
    found = [paper for file in sorted((ROOT / "spiders").glob("*.py")) for paper in _newspapers_in(file)]
    return tuple(sorted(found, key=lambda paper: paper.name))


def newspaper(name: str) -> Newspaper:
    for paper in declared():
        if paper.name == name:
            return paper
    known = ", ".join(paper.name for paper in declared())
    raise UnknownNewspaperError(f"no newspaper is called {name!r}: choose one of {known}, or add spiders/{name}.py")


def _newspapers_in(file: Path) -> list[Newspaper]:
    papers = []
    for head in CLASS_HEAD.findall(file.read_text(encoding="utf-8")):
        if "edition_schedule" not in head:
            continue
        [node] = ast.parse(head, filename=str(file)).body
        if not isinstance(node, ast.ClassDef):
            continue
        constants = _constants(node)
        fields = {name: constants[name] for name in Newspaper.__annotations__ if name != "doc"}
        papers.append(Newspaper(**fields, doc=ast.get_docstring(node) or ""))
    return papers


def _constants(body: ast.ClassDef) -> dict[str, Any]:
    """The class attributes that are written out as literals."""
    constants = {}
    for statement in body.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                constants[statement.targets[0].id] = ast.literal_eval(statement.value)
            except ValueError:
                continue
    return constants
