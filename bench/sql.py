"""`make bench-sql`: each view, search and query of the cookbook on a million made-up stories.

Asked as the reader. Reports the median and the 95th percentile of 30 warm runs, in milliseconds, the rows, and the
shape of the plan.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg2
from rich.console import Console
from rich.table import Table

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from bench.library import FIRST_DAY, STORIES_A_DAY, fill
from tests.akhbar.batches import batch, editorial, story

RUNS = 30
LONG_ENOUGH = 20_000
"""Milliseconds after which a question is asked four times at least, and no more."""
REPORT = ROOT / "docs" / "benchmarks-sql.md"
OPTIONS = {"shared_buffers": "2GB", "max_wal_size": "8GB", "work_mem": "32MB", "autovacuum": "off"}


def questions(stories: int) -> dict[str, str]:
    """What is asked, by name. Day and month are in the middle of what is stored."""
    number = stories // 2
    day = FIRST_DAY + timedelta(days=number // STORIES_A_DAY)
    month = f"day BETWEEN '{day}' AND '{day + timedelta(days=29)}'"
    asked = {
        "search: rare words": "SELECT * FROM search_stories('circular debt')",
        "search: frequent words": "SELECT * FROM search_stories('prime minister')",
        "search: two frequent words": "SELECT * FROM search_stories('government electricity')",
        "search: phrase": "SELECT * FROM search_stories('\"solar debt\"')",
        "search: prefix, without": "SELECT * FROM search_stories('elec* debt -solar')",
        "search: editorials since a day": "SELECT * FROM search_stories('solar', kind => 'editorial', "
        f"from_date => '{day}')",
        "search: only an exclusion": "SELECT * FROM search_stories('-government')",
        "headlines with typing mistakes": "SELECT * FROM search_headlines('governmnt electrcity')",
        "related stories": f"SELECT * FROM related_stories('dawn', '{number}')",
        "near copies": f"SELECT * FROM near_copies('dawn', '{number}')",
        "point: a story": f"SELECT * FROM stories WHERE source = 'dawn' AND story_id = '{number}'",
        "day: its headlines": f"SELECT title FROM stories WHERE source = 'dawn' AND day = '{day}'",
        "view editorials_daily, a month": f"SELECT * FROM editorials_daily WHERE {month}",
        "view coverage_daily, a month": f"SELECT * FROM coverage_daily WHERE {month}",
        "view coverage_daily, all of it": "SELECT sum(stories) FROM coverage_daily",
        "view story_changes, newest 50": "SELECT * FROM story_changes ORDER BY changed_at DESC LIMIT 50",
        "view authors": "SELECT * FROM authors",
        "view latest_run": "SELECT * FROM latest_run",
        "view reject_summary": "SELECT * FROM reject_summary",
    }
    for file in sorted((ROOT / "sql" / "queries").glob("*.sql")):
        asked[f"query {file.stem}"] = file.read_text()
    return asked


def measure(url: str, query: str) -> tuple[float, float, int, str]:
    """Median and 95th percentile in ms, rows, and the plan's nodes from the top."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET ROLE akhbar_reader")
        cursor.execute("SET statement_timeout = '60s'")  # as for everyone who logs in as the reader
        times = []
        for _ in range(RUNS + 1):
            began = perf_counter()
            cursor.execute(query)
            rows = len(cursor.fetchall())
            times.append((perf_counter() - began) * 1000)
            if len(times) >= 5 and sum(times) > LONG_ENOUGH:
                break
        cursor.execute("EXPLAIN (FORMAT JSON) " + query)
        [(plan,)] = cursor.fetchall()
    warm = sorted(times[1:])
    return statistics.median(warm), warm[int(len(warm) * 0.95)], rows, shape(plan[0]["Plan"])


def shape(plan: dict[str, Any]) -> str:
    """The kinds of nodes of a plan in the order in which they are met, each once, with the indexes that are used."""
    met: dict[str, None] = {}

    def visit(node: dict[str, Any]) -> None:
        index = node.get("Index Name")
        met[f"{node['Node Type']} ({index})" if index else node["Node Type"]] = None
        for child in node.get("Plans", []):
            visit(child)

    visit(plan)
    return ", ".join(met)


def load_editions(admin: str, folder: Path) -> list[float]:
    """Seconds to load an edition of 150 new stories into the full table, five times."""
    seconds = []
    paragraph = "The committee met on Monday to look at {n} plans for roads and canals, and put off {n} of them again. "
    for edition in range(5):
        numbers = [90_000_000 + edition * 1000 + n for n in range(150)]
        stories = [
            (editorial if n % 50 == 0 else story)(n, body="\n\n".join(paragraph.format(n=n + k) * 3 for k in range(8)))
            for n in numbers
        ]
        made = batch(folder, f"bench-{edition}", stories)
        began = perf_counter()
        load_batch(made, admin)
        seconds.append(perf_counter() - began)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--report", type=Path, default=REPORT)
    arguments = parser.parse_args()
    console = Console(width=160)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "postgres", options=OPTIONS)
        server.start()
        try:
            admin = server.create_database("news")
            migrate(admin)
            console.print(f"filling a scratch database with {arguments.stories:,} stories …")
            filled = fill(admin, arguments.stories)
            console.print(f"filled and indexed in {filled:.0f} s")
            table = Table("question", "median ms", "95 % ms", "rows", "plan")
            for name, query in questions(arguments.stories).items():
                median, high, rows, plan = measure(admin, query)
                console.print(f"  {name}: {median:.1f} ms, 95 % under {high:.1f} ms, {rows} rows")
                table.add_row(name, f"{median:.1f}", f"{high:.1f}", f"{rows:,}", plan)
            loads = load_editions(admin, Path(folder))
            with closing(psycopg2.connect(admin)) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT version(), pg_size_pretty(pg_database_size(current_database()))")
                [(version, size)] = cursor.fetchall()
        finally:
            server.destroy()
    arguments.report.write_text(report(table, arguments.stories, filled, loads, version, size))
    console.print(f"wrote {arguments.report}")


def report(table: Table, stories: int, filled: float, loads: list[float], version: str, size: str) -> str:
    rows = zip(*(column.cells for column in table.columns), strict=True)
    lines = [
        "# How fast the tables answer",
        "",
        f"Written by `make bench-sql`: {stories:,} made-up stories, {size}, filled and indexed in {filled:.0f} s, then "
        f"each question asked {RUNS} times by the reader, warm (fewer times, if they take more than 20 s). "
        f"{version.split(' on ')[0]}, {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores, settings {json.dumps(OPTIONS)}.",
        "",
        f"Loading an edition of 150 new stories into the full table: {statistics.median(loads):.2f} s "
        f"({min(loads):.2f} to {max(loads):.2f} in {len(loads)} loads).",
        "",
        "| question | median, ms | 95 %, ms | rows | plan |",
        "|---|--:|--:|--:|---|",
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
