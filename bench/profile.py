"""Where the time of a run goes: py-spy samples `akhbar run` and its crawl, and these are sorted by what was done.

Below Python, callgrind (valgrind) counts the instructions of reading pages, by the library that they are in.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bench import measure
from bench.crawl import AKHBAR, answers, read_pages
from bench.report import Row, Section
from bench.site import EDITION, edition

PAGES, RATE = 1000, 200
"""Stories of the edition, and samples a second."""
DOING = (
    (
        "waiting",
        (
            *("Condition.wait (threading", "select (selectors", "wait (subprocess"),
            *("_hand_on_log (steps/scrape", "until_end (crawl/process"),
        ),
    ),
    ("start: imports, settings, reactor", ("_find_and_load (<frozen", "crawl_async (scrapy", "<module> (akhbar/cli")),
    ("spider: a listing", ("parse_section (spiders",)),
    ("spider: parsing HTML (lxml)", ("parse (spiders/reading/newskit",)),
    ("spider: the fields of a story", ("read_story (spiders",)),
    ("spider: the box of editorials", ("editorial_box (spiders", "_box_beside (spiders")),
    ("log: a line a page", ("LoggerAdapter.info", "LoggerAdapter.log")),
    ("archive: packing", ("compress (isal",)),
    ("archive: WARC records, digests, lines", ("crawl/recorder", "archive/warc")),
    ("spider: the rest", ("spiders/spider",)),
    ("politeness, retries, redirects", ("spiders/politeness", "robotstxt")),
    ("stored stories", ("crawl/incremental",)),
    ("Scrapy: HTTP (Twisted)", ("handlers/http11", "twisted/web", "twisted/internet/tcp")),
    ("Scrapy: engine, middlewares, signals", ("scrapy/",)),
    ("Scrapy: event loop", ("asyncio/", "twisted/")),
    ("clean", ("steps/clean",)),
    ("load", ("steps/load", "steps/minhash", "database/copy_format")),
    ("check", ("steps/check",)),
)
"""What a sample is counted as: the first whose mark is in its stack."""
COUNTED = 100
"""Pages whose instructions are counted, after as many that are not: what is done once for all is no page's."""
LIBRARIES = (
    ("memory: malloc and free", re.compile(r"malloc|free|calloc|unlink_chunk")),
    ("lxml, libxml2: the tree and its searches", re.compile(r"lxml/")),
    ("Python", re.compile(r"ython")),
)
"""What an instruction is counted as, by its file, function and library: the first that fits."""


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
        run: list[str | Path] = [AKHBAR, "--quiet", "run", "dawn", "--edition", EDITION.isoformat()]
        measure.command([*spy, *run], site.environment(site.database()))
        counted = sort_samples(samples.read_text())
        below = instructions(site.folder)
    waited = counted.pop("waiting", 0)
    total = sum(counted.values())
    cells = [[what, f"{100 * count / total:.1f} %"] for what, count in counted.most_common()]
    most = counted.most_common(3)
    return Section(
        "Where the time goes",
        [Row(f"share of a run: {what}", f"{100 * count / total:.0f} %") for what, count in most],
        f"`py-spy` on `akhbar run` and its crawl, an edition of {PAGES:,} pages, {RATE} samples a second, {total:,} at "
        f"work and {waited:,} waiting. CPU of the Postgres server is not in it: see the column in Crawl.\n\n"
        + measure.table(["", "share"], cells)
        + below,
    )


def sort_samples(folded: str) -> Counter[str]:
    """Samples by what was done, from py-spy's raw output: a stack from the outside in and how often it was met.

    >>> sort_samples("main (a.py:1);parse (spiders/reading/newskit.py:9) 3\\nmain (a.py:1) 1")
    Counter({'spider: parsing HTML (lxml)': 3, 'else': 1})
    """
    counted: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, times = line.rpartition(" ")
        doing = next((what for what, marks in DOING if any(mark in stack for mark in marks)), "else")
        counted[doing] += int(times)
    return counted


def instructions(folder: Path) -> str:
    """What callgrind counts in reading pages of the edition, as a text; where it is not installed, that."""
    if not shutil.which("valgrind"):
        return "\n\nBy instruction: not counted, since valgrind is not installed."
    counts = folder / "callgrind"
    count: list[str | Path] = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={counts}"]
    measure.output([*count, sys.executable, "-m", "bench.profile", folder / "site" / "news"], {})
    told = measure.output(["callgrind_annotate", "--auto=no", "--threshold=100", counts], {})
    counted = sort_instructions(told)
    total = sum(counted.values())
    cells = [[what, f"{100 * count / total:.0f} %"] for what, count in counted.most_common()]
    return (
        f"\n\n`callgrind` on reading {COUNTED} pages, `bench.crawl.read_pages`: {total / COUNTED / 1e6:.1f} million "
        "instructions a page.\n\n" + measure.table(["", "share of the instructions"], cells)
    )


def sort_instructions(told: str) -> Counter[str]:
    """Instructions by library, from the lines of callgrind_annotate: a count, a file and function, and the library.

    >>> sort_instructions("1,200 (60.0%)  ???:xmlStrEqual [/x/lxml/etree.so]\\n800 (40.0%)  malloc.c:free [/x/libc.so]")
    Counter({'lxml, libxml2: the tree and its searches': 1200, 'memory: malloc and free': 800})
    """
    counted: Counter[str] = Counter()
    for line in told.splitlines():
        found = re.fullmatch(r"\s*([\d,]+) \([\s\d.]+%\)\s+(.*:.*)", line)
        if found:
            what = next((name for name, mark in LIBRARIES if mark.search(found[2])), "else")
            counted[what] += int(found[1].replace(",", ""))
    return counted


def main() -> None:
    """Reads pages for callgrind to count: `python -m bench.profile FOLDER`."""
    pages = list(answers(Path(sys.argv[1])).items())
    read_pages(dict(pages[:COUNTED]))
    switch = ("callgrind_control", str(os.getpid()))
    subprocess.run([*switch, "--instr=on"], check=True, stdout=subprocess.DEVNULL)
    read_pages(dict(pages[COUNTED : 2 * COUNTED]))
    subprocess.run([*switch, "--instr=off"], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
