"""Loading stories beside other ways to bring them into Postgres, each from the same file of clean stories."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from akhbar.archive.batch import Batch
from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from akhbar.steps.content_hashes import write_readings
from akhbar.steps.load import load_batch
from bench import measure
from bench.library import Writer, fill
from bench.measure import Cost
from bench.report import Row, Section
from bench.site import ROOMY
from tests.akhbar.batches import batch, story

STORIES, ROUNDS = 10_000, 5
"""Stories of a batch, and batches loaded in each way: 50,000 in all."""
AGAIN = 5
"""How often each batch is loaded again: once takes a few ticks of the clock that CPU is counted by."""
FEWER = 2_000
"""Stories of a batch for the slowest way."""
SIZES = (5_000, 50_000)
"""Stories of two batches whose loading is compared for memory."""
LIBRARY = 1_000_000
COLUMNS = (
    "source", "story_id", "url", "title", "excerpt", "body", "authors", "section", "dateline", "published_at",
    "edition_date", "language", "extracted_by", "completeness", "word_count", "content_hash", "first_seen_at",
    "last_seen_at", "run_id",
)  # fmt: skip
NAMES = ", ".join(COLUMNS)
UPSERT = "ON CONFLICT (source, story_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in COLUMNS[2:]
)
TABLES = f"""
CREATE TABLE bare AS SELECT {NAMES} FROM news.articles LIMIT 0;
CREATE TABLE merged (LIKE news.articles INCLUDING ALL);
CREATE TABLE upserted (LIKE news.articles INCLUDING ALL);
CREATE TABLE single (LIKE news.articles INCLUDING ALL);
"""
WAYS = {
    "bare": "COPY into a table without keys or indexes",
    "merged": "COPY and merge, same keys and indexes, search index too",
    "akhbar": "akhbar, into a table empty at first",
    "again": "akhbar, the same batch again",
    "later": "akhbar, the same stories in a later batch",
    "upserted": "execute_values, 500 a statement, same indexes",
    "single": "a row and a commit at a time, same indexes",
    "million": "akhbar, into a table of a million stories",
}
PEAK = """
import sys
from pathlib import Path
from akhbar.steps.load import load_batch
load_batch(Path(sys.argv[1]), sys.argv[2])
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""
"""Prints the most memory it held, in KiB. Not `ru_maxrss`, which a process inherits from the one that started it."""


def report() -> Section:
    with _server() as (server, folder):
        database = server.create_database("load")
        migrate(database)
        _execute(database, TABLES)
        costs: dict[str, list[Cost]] = {way: [] for way in WAYS if way != "million"}
        hashes = []
        for number, made in enumerate(_batches(folder, ROUNDS)):
            hashes.append(measure.here(lambda made=made: write_readings(Batch(made))))  # type: ignore[misc]
            later = _later(made)
            runs: dict[str, Callable[[], object]] = {
                "bare": lambda made=made: copy(database, made),  # type: ignore[misc]
                "merged": lambda made=made: copy_and_merge(database, made),  # type: ignore[misc]
                "akhbar": lambda made=made: load_batch(made, database),  # type: ignore[misc]
                "again": lambda made=made: [load_batch(made, database) for _ in range(AGAIN)],  # type: ignore[misc]
                "later": lambda later=later: load_batch(later, database),  # type: ignore[misc]
                "upserted": lambda made=made: upsert(database, made),  # type: ignore[misc]
                "single": lambda made=made: row_by_row(database, made, FEWER),  # type: ignore[misc]
            }
            for way, run in runs.items():
                costs[way].append(measure.here(run, server))
            print(f"  {number + 1} of {ROUNDS} batches loaded in every way", file=sys.stderr, flush=True)
        memory = _memory(server, folder)
    return _section(costs, memory, hashes)


def report_million() -> Section:
    """Loading into a full table and into an empty one, in turn."""
    with _server() as (server, folder):
        empty, full = (server.create_database(name) for name in ("empty", "full"))
        for database in (empty, full):
            migrate(database)
        seconds = fill(full, LIBRARY, paragraphs=(1, 1))
        costs: dict[str, list[Cost]] = {"akhbar": [], "million": []}
        for made in _batches(folder, 3):
            for way, database in (("akhbar", empty), ("million", full)):
                costs[way].append(measure.here(lambda made=made, url=database: load_batch(made, url), server))  # type: ignore[misc]
    ratio = measure.median(costs["million"]) / measure.median(costs["akhbar"])
    cells = [[WAYS[way], *measure.figures(found, STORIES)] for way, found in costs.items()]
    return Section(
        "Load into a million stories",
        [Row("load into a table of a million stories: CPU of into an empty one", f"{ratio:.2f} times")],
        f"Batches of {STORIES:,} stories into two databases in turn: one that is empty at first, and one with "
        f"{LIBRARY:,} stories of one paragraph, filled and indexed in {seconds:.0f} s.\n\n"
        + measure.table(HEAD, cells),
    )


# --- the ways -------------------------------------------------------------------------------------------------------


def copy(database: str, made: Path) -> None:
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        _copy(cursor, "bare", made)


def _copy(cursor: Any, table: str, made: Path) -> None:
    """Stories by COPY, in CSV."""
    with TemporaryFile("w+", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_rows(made))
        file.seek(0)
        cursor.copy_expert(f"COPY {table} ({NAMES}) FROM STDIN (FORMAT csv)", file)


def copy_and_merge(database: str, made: Path) -> None:
    """The way of the manuals: into a temporary table, and from there over what is stored."""
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE staging ON COMMIT DROP AS SELECT {NAMES} FROM news.articles LIMIT 0")
        _copy(cursor, "staging", made)
        cursor.execute(f"INSERT INTO merged ({NAMES}) SELECT {NAMES} FROM staging {UPSERT}")


def upsert(database: str, made: Path) -> None:
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        execute_values(cursor, f"INSERT INTO upserted ({NAMES}) VALUES %s {UPSERT}", _rows(made), page_size=500)


def row_by_row(database: str, made: Path, most: int) -> None:
    values = ", ".join(["%s"] * len(COLUMNS))
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        for row, _ in zip(_rows(made), range(most), strict=False):
            cursor.execute(f"INSERT INTO single ({NAMES}) VALUES ({values}) {UPSERT}", row)
            connection.commit()


def _rows(made: Path) -> Iterator[list[Any]]:
    with (made / "clean.jsonl").open(encoding="utf-8") as file:
        for line in file:
            one = json.loads(line)
            one["authors"] = "{" + ",".join(f'"{name}"' for name in one["authors"]) + "}"
            one |= {"word_count": len(one["body"].split()), "content_hash": one["story_id"], "run_id": 1}
            one["first_seen_at"] = one["last_seen_at"] = "2026-11-20T04:00:00+00:00"
            yield [one[name] for name in COLUMNS]


# --- what is loaded, and what came of it ------------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[tuple[Server, Path]]:
    with TemporaryDirectory(dir=ROOMY) as name:
        server = Server(Path(name) / "postgres", options={"shared_buffers": "1GB", "max_wal_size": "4GB"})
        server.start()
        try:
            yield server, Path(name)
        finally:
            server.destroy()


def _batches(folder: Path, number: int) -> Iterator[Path]:
    writer = Writer(seed=11)
    for place in range(number):
        yield make_batch(
            folder, f"b{place}", writer, range(10_000_000 + place * STORIES, 10_000_000 + (place + 1) * STORIES)
        )


def make_batch(folder: Path, name: str, writer: Writer, numbers: range) -> Path:
    """A cleaned batch of made-up stories, some 2,600 characters long."""
    stories = (
        story(
            number,
            title=writer.sentence(9),
            excerpt=writer.sentence(22),
            body="\n\n".join(writer.random.choices(writer.paragraphs, k=writer.random.randint(4, 14))),
        )
        for number in numbers
    )
    return _cleaned(folder, name, stories)


def _later(made: Path) -> Path:
    """A batch of the same stories, read an hour later."""
    with (made / "clean.jsonl").open(encoding="utf-8") as file:
        return _cleaned(made.parent.parent, f"{made.name}-later", map(json.loads, file), hours=1)


def _cleaned(archive: Path, name: str, stories: Iterable[dict[str, Any]], hours: float = 0) -> Path:
    """A batch as the cleaning step leaves it, with its hashes."""
    made = batch(archive, name, stories, hours=hours)
    write_readings(Batch(made))
    return made


def _memory(server: Server, folder: Path) -> list[int]:
    """MiB of memory that loading a small and a large batch takes at most."""
    database = server.create_database("memory")
    migrate(database)
    writer = Writer(seed=12)
    peaks = []
    for place, size in enumerate(SIZES):
        made = make_batch(folder, f"m{place}", writer, range(place * 1_000_000, place * 1_000_000 + size))
        told = measure.output([sys.executable, "-c", PEAK, made, database], {"PYTHONPATH": str(ROOT)})
        peaks.append(int(told) // 1024)
    return peaks


def _execute(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)


HEAD = ["", "stories/s", "CPU, ms a story", "Postgres, ms a story", "both"]


def _section(costs: dict[str, list[Cost]], memory: list[int], hashes: list[Cost]) -> Section:
    loaded = dict.fromkeys(WAYS, STORIES) | {"single": FEWER, "again": AGAIN * STORIES}
    cells = [[WAYS[way], *measure.figures(found, loaded[way])] for way, found in costs.items()]
    speed = measure.median(costs["merged"]) / measure.median(costs["akhbar"])
    again, later, bare = (measure.median(costs[way]) / loaded[way] for way in ("again", "later", "bare"))
    small, large = SIZES
    grown = memory[1] - memory[0]
    a_story = 1024 * grown / (large - small)
    return Section(
        "Load",
        [
            Row("load: speed of COPY and merge with the same indexes", f"{speed:.2f}", "at least 0.80", speed >= 0.8),
            Row(
                "unchanged stories again: CPU of COPY without indexes",
                f"{again / bare:.2f} times",
                "at most 0.1",
                again / bare <= 0.1,
            ),
            Row("the same in a later batch, which moves the time that they were seen", f"{later / bare:.2f} times"),
            Row(
                f"memory: {large:,} stories beside {small:,}",
                f"{memory[1]} and {memory[0]} MiB",
                "flat: under 1 KiB a story more",
                a_story < 1,
            ),
        ],
        f"{ROUNDS} batches of {STORIES:,} stories, each loaded in every way in turn ({FEWER:,} of them a row at a "
        f"time; the same batch again {AGAIN} times in a row), from the same file of JSON lines. Speed is by CPU, the "
        "server's included. The search index is in all but the first. akhbar is shown the hashes of the stories "
        f"first, which cleaning has made: {1000 * measure.median(hashes) / STORIES:.3f} ms a story, not in these "
        "figures. The batches have no page lines, since the other ways load none.\n\n" + measure.table(HEAD, cells),
    )
