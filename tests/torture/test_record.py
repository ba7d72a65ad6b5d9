"""What `make torture` records: a session replaces the rows of its own trials and leaves the others as they are."""

from pathlib import Path

import pytest

from bench.report import cells, section
from tests.torture.conftest import NAMES
from tests.torture.record import COLUMNS, PAGE, Tried, update

HERE = """before
<!-- begin site -->
old

| trial | date | times | seconds | result | lost |
| --- | --- | --: | --: | --- | --- |
| resets | 2025-01-02 | 1 | 9 | stored 20 of 24 | nothing |
| stalls | 2025-01-02 | 1,000 | 53 | stored 18 of 24 | nothing |
<!-- end site -->
after
"""


def test_a_row_is_replaced_by_its_name_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(HERE)
    update(page, "site", {"resets": Tried(3, 11.6, "stored 15 of 24", ["2 stories", "a | lock"])})
    (resets, stalls) = cells(section(page, "site"))
    assert [resets[0], *resets[2:]] == ["resets", "3", "12", "stored 15 of 24", "2 stories; a | lock"]
    assert stalls == ["stalls", "2025-01-02", "1,000", "53", "stored 18 of 24", "nothing"]
    assert "2 trials, 1,003 runs, 65 s; **1 lost something**." in page.read_text()
    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith("\nafter\n")


def test_a_new_trial_gets_a_row_at_the_end(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(HERE)
    update(page, "site", {"slow bodies": Tried(1, 2.0, "stored 24 of 24")})
    assert [row[0] for row in cells(section(page, "site"))] == ["resets", "stalls", "slow bodies"]


def test_the_page_has_a_row_for_every_trial_and_for_nothing_else(request: pytest.FixtureRequest) -> None:
    for part, names in request.config.stash[NAMES].items():
        rows = cells(section(PAGE, part))
        assert {len(row) for row in rows} == {len(COLUMNS)}
        assert {row[0] for row in rows} == names
