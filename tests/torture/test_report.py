"""What was seen is kept by row: who runs one trial again changes nothing that is said of the others."""

import json
from dataclasses import replace
from pathlib import Path

from torture.report import Row, keep, matching

HERE = "before\n<!-- site: written by make torture PART=site -->\nold\n<!-- end of site -->\nafter\n"
EARLIER = Row("stalls", 1, 53.2, "stored 18 of 24", "", 1, "2025-01-02")


def test_a_row_keeps_its_day_and_goes_once_no_trial_bears_its_name(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(HERE)
    names = ["resets", "stalls"]
    keep("site", [EARLIER, replace(EARLIER, what="gone")], [*names, "gone"], tmp_path, page)
    keep("site", [replace(EARLIER, what="resets", on="2025-03-04", lost="2 stories")], names, tmp_path, page)
    rows = json.loads((tmp_path / "site.json").read_text())["rows"]
    assert [(row["what"], row["on"]) for row in rows] == [("resets", "2025-03-04"), ("stalls", "2025-01-02")]
    shown = page.read_text()
    assert "| resets | 2025-03-04 | 1 | 53 | stored 18 of 24 | 2 stories |\n| stalls | 2025-01-02 |" in shown
    assert "2 things tried, 2 times in all, in 106 s; **1 lost something**" in shown
    assert "gone" not in shown
    assert shown.startswith("before\n")
    assert shown.endswith("\nafter\n")


def test_only_is_a_regular_expression_whatever_the_case() -> None:
    names = ["wrong charset", "HTML cut at any byte", "stalls"]
    assert matching("Charset|html", names) == names[:2]
    assert matching("", names) == names
    assert matching("no such", names) == []
