"""`make bench-sql`: each view, search and cookbook query on a million generated stories, as the reader.

Writes docs/benchmarks-sql.md: median and 95th percentile of 30 warm runs, rows, and the nodes of the plan.
"""

import argparse
import json
import os
import platform
import statistics
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg2

from akhbar.maintenance.statistics import refresh
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from bench.report import table
from bench.site import ON_DISK
from bench.stories import STORIES_A_DAY, fill, first_day
from tests.akhbar.batches import batch, editorial, story
from tests.conftest import fresh_news, migrated_server, rows

RUNS = 30
MAX_SECONDS = 20
"""Once a query's runs have taken so long, it is not run again, unless it ran fewer than five times."""
PAGE = ROOT / "docs" / "benchmarks-sql.md"
OPTIONS = {"shared_buffers": "2GB", "max_wal_size": "8GB", "work_mem": "32MB", "autovacuum": "off"}


def queries(stories: int) -> dict[str, str]:
    """The measured queries by name. Day and month are in the middle of the stored years."""
    number = stories // 2
    day = first_day(stories) + timedelta(days=number // STORIES_A_DAY)
    month = f"day BETWEEN '{day}' AND '{day + timedelta(days=29)}'"
    found = {
        "search: rare words": "SELECT * FROM search_stories('circular debt')",
        "search: a frequent word": "SELECT * FROM search_stories('government')",
        "search: two frequent words": "SELECT * FROM search_stories('government electricity')",
        "search: phrase": "SELECT * FROM search_stories('\"solar debt\"')",
        "search: prefix and exclusion": "SELECT * FROM search_stories('elec* debt -solar')",
        "search: in the headline": "SELECT * FROM search_stories('title:government title:solar')",
        "search: near": "SELECT * FROM search_stories('circular NEAR/5 debt')",
        "search: editorials since a day": "SELECT * FROM search_stories('solar', kind => 'editorial', "
        f"from_date => '{day}')",
        "search: only an exclusion": "SELECT * FROM search_stories('-government')",
        "count: a frequent word": "SELECT count_stories('government')",
        "count: two words": "SELECT count_stories('solar debt')",
        "count: a phrase of frequent words": "SELECT count_stories('\"prime minister\"')",
        "attention: five words by month": "SELECT * FROM attention(ARRAY['government', 'electricity', 'debt', 'solar', "
        "'circular'])",
        "attention: five searches by month": "SELECT * FROM attention(ARRAY['circular debt', 'solar -debt', "
        "'debt or circular', 'solar debt', '\"circular debt\"'])",
        "attention: five words by day, a year": "SELECT * FROM attention(ARRAY['government', 'electricity', 'debt', "
        f"'solar', 'circular'], 'day', '{day}', '{day + timedelta(days=365)}')",
        "rising words": "SELECT * FROM rising_words()",
        "collocates: a rare word": "SELECT * FROM collocates('circular')",
        "collocates: a frequent word": "SELECT * FROM collocates('government')",
        "concordance: 100 lines": "SELECT * FROM concordance('solar debt', 40)",
        "concordance: of a phrase": "SELECT * FROM concordance('\"circular debt\"', 40)",
        "compare sources": "SELECT * FROM compare_sources('solar debt')",
        "story thread": f"SELECT * FROM story_thread('dawn', '{number}')",
        "editorials on a subject": "SELECT * FROM editorials_on('solar')",
        "headlines with typos": "SELECT * FROM search_headlines('governmnt electrcity')",
        "related stories": f"SELECT * FROM related_stories('dawn', '{number}')",
        "near copies": f"SELECT * FROM near_copies('dawn', '{number}')",
        "one story": f"SELECT * FROM stories WHERE source = 'dawn' AND story_id = '{number}'",
        "headlines of a day": f"SELECT title FROM stories WHERE source = 'dawn' AND day = '{day}'",
        "view editorials_daily, a month": f"SELECT * FROM editorials_daily WHERE {month}",
        "view coverage_daily, a month": f"SELECT * FROM coverage_daily WHERE {month}",
        "view coverage_daily, all of it": "SELECT sum(stories) FROM coverage_daily",
        "view story_changes, newest 50": "SELECT * FROM story_changes ORDER BY changed_at DESC LIMIT 50",
        "view authors": "SELECT * FROM authors",
        "view authors, one by name": "SELECT * FROM authors WHERE author = 'Reuters'",
        "articles of a dateline, newest": "SELECT title FROM articles WHERE dateline = 'LAHORE' "
        "ORDER BY day DESC LIMIT 20",
        "view latest_run": "SELECT * FROM latest_run",
        "view reject_summary": "SELECT * FROM reject_summary",
    }
    for file in sorted((ROOT / "sql" / "queries").glob("*.sql")):
        found[f"query {file.stem}"] = file.read_text()
    return found


def measure(url: str, query: str) -> tuple[float, float, int, str]:
    """Median and 95th percentile in milliseconds, rows, and the nodes of the plan from the top."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '60s'")  # as for everyone who logs in as the reader
        times: list[float] = []
        while len(times) <= RUNS and (len(times) < 5 or sum(times) <= 1000 * MAX_SECONDS):
            began = perf_counter()
            cursor.execute(query)
            found = len(cursor.fetchall())
            times.append((perf_counter() - began) * 1000)
        cursor.execute("EXPLAIN (FORMAT JSON) " + query)
        [(plan,)] = cursor.fetchall()
    warm = sorted(times[1:])
    return statistics.median(warm), warm[int(len(warm) * 0.95)], found, nodes(plan[0]["Plan"])


def nodes(plan: dict[str, Any]) -> str:
    """The kinds of nodes of a plan from the top, each once, with the indexes that they use."""
    found: dict[str, None] = {}

    def visit(node: dict[str, Any]) -> None:
        index = node.get("Index Name")
        found[f"{node['Node Type']} ({index})" if index else node["Node Type"]] = None
        for child in node.get("Plans", []):
            visit(child)

    visit(plan)
    return ", ".join(found)


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
    parser.add_argument("--page", type=Path, default=PAGE)
    arguments = parser.parse_args()
    with TemporaryDirectory(dir=ON_DISK) as folder, migrated_server(Path(folder) / "postgres", **OPTIONS) as server:
        news = fresh_news(server)
        print(f"filling a database with {arguments.stories:,} stories …", flush=True)
        filled = fill(news.admin, arguments.stories)
        print(f"filled and indexed in {filled:.0f} s", flush=True)
        began = perf_counter()
        refresh(news.writer)
        counted = perf_counter() - began
        lines = []
        for name, query in queries(arguments.stories).items():
            median, high, found, plan = measure(news.reader, query)
            print(f"  {name}: {median:.1f} ms, 95 % under {high:.1f} ms, {found} rows", flush=True)
            lines.append([name, f"{median:.1f}", f"{high:.1f}", f"{found:,}", plan])
        loads = load_editions(news.admin, Path(folder))
        [(version, size)] = rows(news.admin, "SELECT version(), pg_size_pretty(pg_database_size(current_database()))")
    opening = (
        f"Written by `make bench-sql`: {arguments.stories:,} generated stories, {size}, filled and indexed in "
        f"{filled:.0f} s, words counted in {counted:.0f} s, then each query run {RUNS} times as the reader, warm "
        f"(fewer times if they take more than "
        f"{MAX_SECONDS} s). {version.split(' on ')[0]}, {platform.machine()}, {len(os.sched_getaffinity(0))} cores, "
        f"settings {json.dumps(OPTIONS)}."
    )
    loading = (
        f"Loading an edition of 150 new stories into the full table: {statistics.median(loads):.2f} s "
        f"({min(loads):.2f} to {max(loads):.2f} in {len(loads)} loads)."
    )
    found_table = table(["query", "median, ms", "95 %, ms", "rows", "plan"], lines, "lrrrl")
    arguments.page.write_text("\n\n".join(["# SQL benchmarks", opening, loading, found_table]) + "\n")
    print(f"wrote {arguments.page}")


if __name__ == "__main__":
    main()
