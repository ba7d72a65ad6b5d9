"""docs/benchmarks.md keeps the figures of parts that were not measured anew."""

from collections import Counter
from pathlib import Path

from bench.growth import TIMES, added, draw
from bench.profile import sort_instructions, sort_samples
from bench.report import Row, Section, keep, show


def test_a_part_that_is_measured_again_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    seen, page = tmp_path / "seen", tmp_path / "page.md"
    keep("crawl", Section("Crawl", [Row("share", "0.9 times", "at most 1", True)], "Of pages."), seen)
    keep("load", Section("Load", [Row("speed", "0.5", "at least 0.8", False)], "Of stories."), seen)
    keep("load", Section("Load", [Row("speed", "0.9", "at least 0.8", True)], "Of stories."), seen)
    table = show(["crawl", "load", "growth"], seen, page)
    assert table.splitlines()[2:] == [
        "| crawl | share | 0.9 times | at most 1 | yes |",
        "| load | speed | 0.9 | at least 0.8 | yes |",
    ]
    assert page.read_text().count("## Load") == 1
    assert "Not measured yet: growth." in page.read_text()


def test_a_figure_that_misses_what_is_wanted_stands_out(tmp_path: Path) -> None:
    keep("load", Section("Load", [Row("speed", "0.5", "at least 0.8", False)], ""), tmp_path / "seen")
    assert "| **no** |" in show(["load"], tmp_path / "seen", tmp_path / "page.md")


def test_growth_tells_a_line_from_a_curve() -> None:
    assert added({times: 3.0 + 2 * times for times in TIMES}) == 1
    assert added({times: float(times**2) for times in TIMES}) == 10


def test_the_plot_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    found = {"load": {1: 0.1, 10: 1.0, 100: 10.0}}
    for name in ("one.svg", "two.svg"):
        draw(found, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_a_sample_counts_as_the_work_that_it_was_met_in() -> None:
    stack = (
        "main (akhbar/crawl/process.py:1);parse_story (spiders/spider.py:2);"
        "read_story (spiders/reading/newskit.py:3);sub (re.py:4) 7"
    )
    assert sort_samples(stack) == Counter({"spider: the fields of a story": 7})


def test_instructions_are_sorted_by_the_library_that_they_are_in() -> None:
    told = """--------------
1,250 (100.0%)  PROGRAM TOTALS
1,200 (96.00%)  ???:xmlStrEqual [/venv/lxml/etree.cpython-311.so]
   40 ( 3.20%)  ./malloc/malloc.c:_int_free [/lib/libc.so.6]
   10 ( 0.80%)  Objects/listobject.c:list_append [/lib/libpython3.11.so.1.0]
"""
    assert sort_instructions(told) == Counter(
        {"lxml, libxml2: the tree and its searches": 1200, "memory: malloc and free": 40, "Python": 10}
    )
