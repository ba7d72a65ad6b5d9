"""What was tried and what was lost: kept as one JSON file a part, and shown in docs/reliability.md.

The parts stand apart, so that each can be run alone and in slices: a row takes the place of an earlier one of the same
name and bears the day on which it was tried, and only the part's own table in the page is written anew.
"""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from akhbar.settings import ROOT

SEEN = ROOT / "torture" / "seen"
PAGE = ROOT / "docs" / "reliability.md"
COLUMNS = ("what was tried", "on", "times", "seconds", "what was seen", "what was lost")


@dataclass(frozen=True)
class Row:
    """One thing that was tried."""

    what: str
    times: int
    """How often: runs, kills, executions."""
    seconds: float
    """For all of these together."""
    seen: str
    lost: str
    """Promises that were not kept; empty if all was well."""
    seed: int
    on: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())
    """The day on which it was tried."""


def matching(only: str, names: Iterable[str]) -> list[str]:
    """The names in which a regular expression is found, whatever the case: the one meaning that `--only` has."""
    return [name for name in names if re.search(only, name, re.IGNORECASE)]


def left_out(what: str, lacking: str) -> None:
    """Prints what was not tried for want of something: it gets no row, and one of an earlier day stands as it is."""
    print(f"{what:62} left out: this machine has no {lacking}", flush=True)


def tell(row: Row) -> None:
    """Prints a row as it comes."""
    print(f"{row.what:62} {row.times:7,} {row.seconds:6.1f} s  {row.seen}; {row.lost or 'nothing lost'}", flush=True)


def keep(part: str, rows: Iterable[Row], names: Sequence[str], seen: Path = SEEN, page: Path = PAGE) -> None:
    """Adds rows to what a part has seen, and writes the part's table in the page anew.

    `names` are those of all that the part can try: a row of another name is of something that is tried no longer, and
    is dropped.
    """
    file = seen / f"{part}.json"
    known = json.loads(file.read_text())["rows"] if file.exists() else []
    named = {row.what: row for row in [*(Row(**row) for row in known), *rows]}
    kept = [named[name] for name in names if name in named]
    lines = ",\n  ".join(json.dumps(asdict(row), ensure_ascii=False) for row in kept)
    seen.mkdir(exist_ok=True)
    file.write_text(f'{{"rows": [\n  {lines}\n]}}\n', encoding="utf-8")
    _show(part, page, kept)


def _show(part: str, page: Path, rows: Collection[Row]) -> None:
    """Puts a part's table between its two markers; a part without markers is a section that the page lacks."""
    lost = [row for row in rows if row.lost]
    seeds = ", ".join(sorted({str(row.seed) for row in rows}))
    summary = (
        f"{len(rows)} things tried, {sum(row.times for row in rows):,} times in all, in "
        f"{sum(row.seconds for row in rows):,.0f} s; **{len(lost)} lost something**. Seed {seeds}."
    )
    table = [_line(COLUMNS), _line(["---", "---", "--:", "--:", "---", "---"])]
    table += [
        _line([row.what, row.on, f"{row.times:,}", f"{row.seconds:,.0f}", row.seen, row.lost or "nothing"])
        for row in rows
    ]
    begin, end = f"<!-- {part}: written by make torture PART={part} -->", f"<!-- end of {part} -->"
    text = page.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ValueError(f"{page} has no place for the part {part}: add a section with {begin} and {end}")
    before, after = text.split(begin)[0], text.split(end)[1]
    page.write_text(f"{before}{begin}\n{summary}\n\n" + "\n".join(table) + f"\n{end}{after}", encoding="utf-8")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in cells) + " |"
