"""The record of `make torture`: a table for each part in docs/reliability.md, which has a row for each trial."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from akhbar.settings import ROOT
from bench.report import cells, section, table, write_section
from tests.torture.trials import SEED

PAGE = ROOT / "docs" / "reliability.md"
COLUMNS = ["trial", "date", "times", "seconds", "result", "lost"]
NOTHING = "nothing"


@dataclass
class Tried:
    """The runs of one trial in a session."""

    times: int = 0
    seconds: float = 0.0
    """For all runs together."""
    seen: str = ""
    lost: list[str] = field(default_factory=list)
    """Promises that were broken; empty if none were."""


def update(page: Path, part: str, tried: dict[str, Tried]) -> None:
    """Replaces the rows of these trials in the part's table, by name; the other rows stay."""
    today = datetime.now(UTC).date().isoformat()
    rows = {row[0]: row for row in cells(section(page, part))}
    for name, each in tried.items():
        seen = each.seen + f"; seed {SEED}" * (SEED != 1)
        lost = "; ".join(each.lost)[:300] or NOTHING
        rows[name] = [name, today, f"{each.times:,}", f"{each.seconds:,.0f}", seen, lost]
    times, seconds = (sum(int(row[column].replace(",", "")) for row in rows.values()) for column in (2, 3))
    lost_some = sum(row[5] != NOTHING for row in rows.values())
    summary = f"{len(rows)} trials, {times:,} runs, {seconds:,} s; **{lost_some} lost something**."
    write_section(page, part, f"{summary}\n\n" + table(COLUMNS, list(rows.values()), "llrrll"))
