"""Where a run spends its time: py-spy samples of `akhbar run` and its crawl, by activity.

Below Python, callgrind (valgrind) counts the instructions of extracting pages, by library.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bench import measure
from bench.crawl import AKHBAR, read_pages, story_responses
from bench.report import Figure, Section, table
from bench.site import EDITION, edition

PAGES, RATE = 1000, 200
"""Stories of the edition, and samples a second."""
ACTIVITIES = (
    (
        "waiting",
        (
            *("Condition.wait (threading", "select (selectors", "wait (subprocess"),
            *("_forward_log (steps/scrape", "until_end (crawl/lock"),
        ),
    ),
    ("start: imports, settings, reactor", ("_find_and_load (<frozen", "crawl_async (scrapy", "<module> (akhbar/cli")),
    ("spider: a listing", ("parse_section (spiders/spider", "parse_listing (spiders/spider")),
    ("spider: parsing HTML (lxml)", ("parse (spiders/reading/html",)),
    ("spider: the fields of a story", ("read_story (spiders/reading/newskit",)),
    ("spider: the sidebar of editorials", ("sidebar_editorials (spiders/reading/newskit",)),
    ("log: one line a page", ("LoggerAdapter.info", "LoggerAdapter.log")),
    ("archive: compression", ("compress (isal",)),
    ("archive: WARC records, digests, lines", ("crawl/recorder", "archive/warc")),
    ("spider: other", ("spiders/spider",)),
    ("politeness, retries, redirects", ("spiders/politeness", "robotstxt")),
    ("incremental crawl", ("crawl/incremental",)),
    ("Scrapy: HTTP (Twisted)", ("handlers/http11", "twisted/web", "twisted/internet/tcp")),
    ("Scrapy: engine, middlewares, signals", ("scrapy/",)),
    ("Scrapy: event loop", ("asyncio/", "twisted/")),
    ("clean", ("steps/clean",)),
    ("load", ("steps/load", "steps/minhash", "database/copy_format")),
    ("check", ("steps/check",)),
)
"""The activity of a sample: the first with a mark in its stack."""
COUNTED = 100
"""Pages whose instructions are counted, after as many that are not counted: work that is done only once."""
LIBRARIES = (
    ("memory: malloc and free", re.compile(r"malloc|free|calloc|unlink_chunk")),
    ("lxml, libxml2: tree and queries", re.compile(r"lxml/")),
    ("Python", re.compile(r"ython")),
)
"""The library of an instruction: the first whose expression matches its file, function and library."""


def report() -> Section:
    with edition(PAGES) as site:
        samples = site.folder / "samples"
        spy: list[str | Path] = [
            Path(sys.executable).with_name("py-spy"),
            "record",
            "--subprocesses",
            "--rate",
            str(RATE),
        ]
        spy += ["--format", "raw", "--output", samples, "--"]
        run = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
        measure.command([*spy, *run], site.environment(site.database()))
        counted = sort_samples(samples.read_text())
        below = instructions(site.folder)
    waited = counted.pop("waiting", 0)
    total = sum(counted.values())
    cells = [[what, f"{100 * count / total:.1f} %"] for what, count in counted.most_common()]
    most = counted.most_common(3)
    return Section(
        "Where the time goes",
        [Figure(f"share of a run: {what}", f"{100 * count / total:.0f} %") for what, count in most],
        f"`py-spy` on `akhbar run` and its crawl, an edition of {PAGES:,} pages, {RATE} samples a second: {total:,} "
        f"working and {waited:,} waiting. The CPU of the Postgres server is not included: see the column in Crawl.\n\n"
        + table(["", "share"], cells)
        + below,
    )


def sort_samples(folded: str) -> Counter[str]:
    """Samples by activity, from py-spy's raw output: a stack from the outside in, and its number of samples.

    >>> sort_samples("main (a.py:1);parse (spiders/reading/html.py:9) 3\\nmain (a.py:1) 1")
    Counter({'spider: parsing HTML (lxml)': 3, 'other': 1})
    """
    counted: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, times = line.rpartition(" ")
        doing = next((what for what, marks in ACTIVITIES if any(mark in stack for mark in marks)), "other")
        counted[doing] += int(times)
    return counted


def instructions(folder: Path) -> str:
    """Instructions by library of extracting pages, as a text; or the text that valgrind is not installed."""
    if not shutil.which("valgrind"):
        return "\n\nInstructions were not counted: valgrind is not installed."
    counts = folder / "callgrind"
    count: list[str | Path] = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={counts}"]
    measure.output([*count, sys.executable, "-m", "bench.profile", folder / "site" / "news"], {})
    printed = measure.output(["callgrind_annotate", "--auto=no", "--threshold=100", counts], {})
    counted = sort_instructions(printed)
    total = sum(counted.values())
    cells = [[what, f"{100 * count / total:.0f} %"] for what, count in counted.most_common()]
    return (
        f"\n\n`callgrind` on extracting {COUNTED} pages with `bench.crawl.read_pages`: {total / COUNTED / 1e6:.1f} "
        "million instructions a page.\n\n" + table(["", "share of the instructions"], cells)
    )


def sort_instructions(printed: str) -> Counter[str]:
    """Instructions by library, from the output of callgrind_annotate: a count, a file and function, the library.

    >>> sort_instructions("1,200 (60.0%)  ???:xmlStrEqual [/x/lxml/etree.so]\\n800 (40.0%)  malloc.c:free [/x/libc.so]")
    Counter({'lxml, libxml2: tree and queries': 1200, 'memory: malloc and free': 800})
    """
    counted: Counter[str] = Counter()
    for line in printed.splitlines():
        found = re.fullmatch(r"\s*([\d,]+) \([\s\d.]+%\)\s+(.*:.*)", line)
        if found:
            what = next((name for name, mark in LIBRARIES if mark.search(found[2])), "other")
            counted[what] += int(found[1].replace(",", ""))
    return counted


def main() -> None:
    """Extracts pages while callgrind counts: `python -m bench.profile FOLDER`."""
    pages = list(story_responses(Path(sys.argv[1])).items())
    read_pages(dict(pages[:COUNTED]))
    switch = ("callgrind_control", str(os.getpid()))
    subprocess.run([*switch, "--instr=on"], check=True, stdout=subprocess.DEVNULL)
    read_pages(dict(pages[COUNTED : 2 * COUNTED]))
    subprocess.run([*switch, "--instr=off"], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
