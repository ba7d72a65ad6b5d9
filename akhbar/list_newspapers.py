"""`akhbar newspapers`: the declared newspapers, and the last run of each if a database is set."""

import os
from collections.abc import Mapping
from datetime import datetime

from rich.table import Table
from rich.text import Text

from akhbar import settings
from akhbar.database.connection import transaction
from akhbar.newspaper import Newspaper
from akhbar.newspapers import activation_errors, declared, invalid_declarations
from akhbar.printable import printable
from akhbar.settings import ROOT

LAST_RUNS = ROOT / "sql" / "runs" / "last_runs.sql"

LastRuns = Mapping[str, tuple[str, str, datetime]]
"""The mode, outcome and start of each newspaper's last run, by the newspaper's name."""


def last_runs() -> LastRuns | None:
    """None if no database is set. Raises `DatabaseError`."""
    url = os.environ.get("AKHBAR_DATABASE_URL")
    if not url:
        return None
    with transaction(url, "the last runs could not be read") as cursor:
        cursor.execute(LAST_RUNS.read_text())
        return {source: (mode, outcome, started_at) for source, mode, outcome, started_at in cursor}


def newspapers_table(runs: LastRuns | None) -> Table:
    """For a terminal: one row for each newspaper. Schedules and times are in the newspaper's time zone."""
    table = Table()
    table.add_column("name", no_wrap=True)
    for column in (
        "publisher",
        "platform",
        "language",
        "schedules",
        "active",
        *(() if runs is None else ("last run",)),
    ):
        table.add_column(column, overflow="fold")
    names = settings.newspapers()
    for paper in declared():
        cells = [paper.name, paper.publisher, paper.platform or "general reader", paper.language, _schedules(paper)]
        cells += ["yes" if names & {paper.name, "all"} else "no"]
        cells += [] if runs is None else [_last_run(paper, runs)]
        table.add_row(*map(Text, map(printable, cells)))
    return table


def problems() -> list[str]:
    """The invalid declarations, each with its reason, and the names in AKHBAR_NEWSPAPERS that are not declared."""
    return [*map(printable, dict.fromkeys([*activation_errors(), *map(str, invalid_declarations())]))]


def _schedules(paper: Newspaper) -> str:
    return "\n".join([*(f"{mode} {cron}" for mode, cron in paper.schedules.items()), paper.timezone])


def _last_run(paper: Newspaper, runs: LastRuns) -> str:
    if paper.name not in runs:
        return "none"
    mode, outcome, started_at = runs[paper.name]
    return f"{mode} {outcome}\n{started_at.astimezone(paper.zone):%Y-%m-%d %H:%M}"
