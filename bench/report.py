"""Results in Markdown pages: sections between two comments, and tables whose rows can be read back.

docs/benchmarks.md and docs/reliability.md are their own record: a part that is measured alone replaces its own section
and leaves the others as they are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from akhbar.settings import ROOT
from bench import measure

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = ["part", "figure", "measured", "target", "met"]
MET = {None: "", True: "yes", False: "**no**"}


@dataclass(frozen=True)
class Figure:
    """What was measured, how much it was, and its target, if it has one."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None
    """Whether the value meets the target; None where there is none."""


@dataclass(frozen=True)
class Section:
    """The result of a part."""

    title: str
    figures: list[Figure]
    text: str
    """Markdown."""


def keep(part: str, result: Section, parts: Sequence[str], page: Path = PAGE) -> None:
    """Writes a part's section, with the time, the machine and its load, and its rows in the page's first table.

    `parts` are the names of all parts in their order.
    """
    rows = [row for row in cells(section(page, "summary")) if row[0] != part]
    rows += [[part, each.what, each.value, each.target, MET[each.met]] for each in result.figures]
    rows.sort(key=lambda row: parts.index(row[0]))
    write_section(page, "summary", table(HEAD, rows, "llrrr"))
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    measured = f"`make bench PART={part}`, {now}, load average {measure.load_average()}. {measure.machine()}"
    write_section(page, part, f"## {result.title}\n\n{measured}\n\n{result.text.strip()}")


def section(page: Path, name: str) -> str:
    """The text between a section's two comments. Raises `ValueError` if the page lacks them."""
    begin, end = _comments(name)
    found = re.search(f"{re.escape(begin)}\n(.*?){re.escape(end)}", page.read_text(encoding="utf-8"), re.DOTALL)
    if not found:
        raise ValueError(f"{page} has no section {name}: add the lines {begin} and {end}")
    return found[1].strip()


def write_section(page: Path, name: str, text: str) -> None:
    """Replaces the text between a section's two comments. Raises `ValueError` if the page lacks them."""
    section(page, name)
    begin, end = _comments(name)
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    page.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def _comments(name: str) -> tuple[str, str]:
    return f"<!-- begin {name} -->", f"<!-- end {name} -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> str:
    """A Markdown table. `align` has an `l` or an `r` for each column; by default only the first is on the left.

    >>> print(table(["", "seconds"], [["load | clean", "1.2"]]))
    |  | seconds |
    | --- | --: |
    | load \\| clean | 1.2 |
    """
    align = align or "l" + "r" * (len(head) - 1)
    rule = [{"l": "---", "r": "--:"}[side] for side in align]
    escaped = [[re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *escaped])


def cells(text: str) -> list[list[str]]:
    """The rows of the tables in a text, as `table` got them, without heads.

    >>> cells(table(["", "seconds"], [["load | clean", "1.2"]]))
    [['load | clean', '1.2']]
    """
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [re.split(r" (?<!\\)\| ", line[2:-2]) for line in lines]
    return [[cell.replace("\\|", "|") for cell in row] for row in rows[2:]]
