"""docs/benchmarks.md keeps the figures of parts that were not measured again."""

import re
from collections import Counter
from pathlib import Path

import pytest

from akhbar.settings import ROOT
from bench.growth import TIMES, draw, growth_of
from bench.profile import ACTIVITIES, sort_instructions, sort_samples
from bench.report import PAGE, Figure, Section, cells, keep, section, write_section

PARTS = ["crawl", "load", "growth"]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    names = ["summary", *PARTS]
    (tmp_path / "page.md").write_text("".join(f"<!-- begin {name} -->\n<!-- end {name} -->\n" for name in names))
    return tmp_path / "page.md"


def test_a_part_that_is_measured_again_leaves_the_others_as_they_were(page: Path) -> None:
    keep("load", Section("Load", [Figure("speed", "0.5", "at least 0.8", False)], "Of stories."), PARTS, page)
    keep("crawl", Section("Crawl", [Figure("share", "0.9 times", "at most 1", True)], "Of pages."), PARTS, page)
    keep("load", Section("Load", [Figure("speed", "0.9", "at least 0.8", True)], "Of stories."), PARTS, page)
    assert section(page, "summary").splitlines()[2:] == [
        "| crawl | share | 0.9 times | at most 1 | yes |",
        "| load | speed | 0.9 | at least 0.8 | yes |",
    ]
    assert page.read_text().count("## Load") == 1
    assert section(page, "growth") == ""


def test_a_figure_that_misses_its_target_stands_out(page: Path) -> None:
    keep("load", Section("Load", [Figure("speed", "0.5", "at least 0.8", False)], ""), PARTS, page)
    assert "| **no** |" in section(page, "summary")


def test_a_page_without_a_place_for_a_part_is_named(page: Path) -> None:
    with pytest.raises(ValueError, match=r"page\.md has no section replay: add the lines <!-- begin replay -->"):
        write_section(page, "replay", "text")


def test_the_page_has_a_section_for_every_part() -> None:
    from bench.__main__ import PARTS

    assert {row[0] for row in cells(section(PAGE, "summary"))} <= set(PARTS)
    assert all(section(PAGE, part).startswith("## ") for part in PARTS)


def test_growth_is_one_if_linear_and_more_if_quadratic() -> None:
    assert growth_of({times: 3.0 + 2 * times for times in TIMES}) == 1
    assert growth_of({times: float(times**2) for times in TIMES}) == 10


def test_the_plot_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    found = {"load": {1: 0.1, 10: 1.0, 100: 10.0}}
    for name in ("one.svg", "two.svg"):
        draw(found, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_sample_counts_for_the_activity_in_its_stack() -> None:
    stack = (
        "main (akhbar/crawl/process.py:1);parse_story (spiders/spider.py:2);"
        "read_story (spiders/reading/newskit.py:3);sub (re.py:4) 7"
    )
    assert sort_samples(stack) == Counter({"spider: the fields of a story": 7})


def test_every_function_of_ours_that_marks_an_activity_exists() -> None:
    for mark in [mark for _, marks in ACTIVITIES for mark in marks]:
        found = re.fullmatch(r"(?:(\w+) \()?((?:akhbar|spiders|archive|crawl|database|steps)/[a-z0-9_/]+)", mark)
        if found:
            files = [file for folder in (ROOT, ROOT / "akhbar") if (file := folder / f"{found[2]}.py").exists()]
            assert files, f"{mark}: no such module"
            assert f"def {found[1] or ''}" in files[0].read_text(), f"{mark}: no such function"


def test_instructions_are_sorted_by_library() -> None:
    printed = """--------------
1,250 (100.0%)  PROGRAM TOTALS
1,200 (96.00%)  ???:xmlStrEqual [/venv/lxml/etree.cpython-311.so]
   40 ( 3.20%)  ./malloc/malloc.c:_int_free [/lib/libc.so.6]
   10 ( 0.80%)  Objects/listobject.c:list_append [/lib/libpython3.11.so.1.0]
"""
    assert sort_instructions(printed) == Counter(
        {"lxml, libxml2: tree and queries": 1200, "memory: malloc and free": 40, "Python": 10}
    )
