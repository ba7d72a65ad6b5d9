"""What was measured: kept as one JSON file a part, and shown in docs/benchmarks.md.

The parts stand apart, so that each can be measured alone: one that was not keeps its earlier figures with their date.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from akhbar.settings import ROOT
from bench import measure

SEEN = ROOT / "bench" / "seen"
PAGE = ROOT / "docs" / "benchmarks.md"
OPENING = """\
# How fast it is

Written by `make bench`, which measures all of it; `make bench PART=crawl` measures one part, and the others keep their
figures, with their date: they may be older than the code. What is timed is the median of several runs, and what is
compared was run in turn, so that a slow minute was slow for both, but for growth, where one size follows the other; the
profile, the scores and the memory are of one run. **CPU-seconds and ratios carry over to other machines; seconds of
wall clock are those of this one**, which others were using at the same time where the load beside a part's date is
above its cores. The tables' own speed, a million stories and each query, is in
[benchmarks-sql.md](benchmarks-sql.md).
"""


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, how much it was, and what is wanted of it, if anything."""

    what: str
    figure: str
    wanted: str = ""
    met: bool | None = None
    """Whether the figure is as wanted; None where nothing is."""


@dataclass(frozen=True)
class Section:
    """What a part found out."""

    title: str
    rows: list[Row]
    text: str
    """Markdown."""


def keep(part: str, section: Section, seen: Path = SEEN) -> None:
    """Writes what a part found out, with the time, the machine and how busy it was, in place of what it did earlier."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    found = {"measured_at": now, "machine": measure.machine(), "load": measure.load(), **asdict(section)}
    seen.mkdir(exist_ok=True)
    (seen / f"{part}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(parts: Sequence[str], seen: Path = SEEN, page: Path = PAGE) -> str:
    """Writes the page anew from what each part found out. Returns its first table, which has a line a figure.

    `parts` are the names of the parts in their order.
    """
    found = {part: json.loads(file.read_text()) for part in parts if (file := seen / f"{part}.json").exists()}
    rows = [
        [part, row["what"], row["figure"], row["wanted"], {None: "", True: "yes", False: "**no**"}[row["met"]]]
        for part, one in found.items()
        for row in one["rows"]
    ]
    table = measure.table(["part", "what", "measured", "wanted", "so"], rows, left=2)
    sections = [
        f"## {one['title']}\n\n`make bench PART={part}`, {one['measured_at']}, load {one['load']}. {one['machine']}\n\n"
        f"{one['text'].strip()}\n"
        for part, one in found.items()
    ]
    missing = [part for part in parts if part not in found]
    not_yet = [f"Not measured yet: {', '.join(missing)}.\n"] if missing else []
    page.write_text("\n".join([OPENING, table, "", *not_yet, *sections]), encoding="utf-8")
    return table
