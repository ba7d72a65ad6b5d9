"""Loading stories, compared with other ways to get them into Postgres, each from the same file of clean stories."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from akhbar.archive.batch import Batch
from akhbar.local.postgres import Server
from akhbar.steps.content_hashes import write_content_hashes
from akhbar.steps.load import load_batch
from bench import measure
from bench.measure import Cost
from bench.report import Figure, Section, table
from bench.site import NO_SITE, ON_DISK
from bench.stories import Writer, fill
from tests.akhbar.batches import batch, story
from tests.conftest import fresh_news, migrated_server, rows
from tests.torture.installation import Installation

STORIES, ROUNDS = 10_000, 5
"""Stories of a batch, and batches loaded in each way: 50,000 stories in all."""
RELOADS = 5
"""How often each batch is loaded again: one reload takes only a few ticks of the clock that counts CPU."""
FEWER = 2_000
"""Stories of a batch for the slowest way."""
SIZES = (5_000, 50_000)
"""Stories of two batches, to compare the memory that loading them needs."""
MILLION = 1_000_000
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
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE ON merged FOR EACH ROW EXECUTE FUNCTION news.set_search();
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE ON upserted FOR EACH ROW EXECUTE FUNCTION news.set_search();
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE ON single FOR EACH ROW EXECUTE FUNCTION news.set_search();
"""
WAYS = {
    "bare": "COPY into a table without keys or indexes",
    "merged": "COPY and merge, same keys, indexes and search index",
    "akhbar": "akhbar, into an initially empty table",
    "again": "akhbar, the same batch again",
    "later": "akhbar, the same stories in a later batch",
    "upserted": "execute_values, 500 rows a statement, same indexes",
    "single": "one row and commit at a time, same indexes",
    "million": "akhbar, into a table of a million stories",
}
HEAD = ["", "stories/s", "CPU, ms a story", "Postgres, ms a story", "both"]


def report() -> Section:
    with _server() as (server, folder):
        database = fresh_news(server).admin
        rows(database, TABLES)
        costs: dict[str, list[Cost]] = {way: [] for way in WAYS if way != "million"}
        hashes = []
        for number, made in enumerate(_batches(folder, ROUNDS)):
            hashes.append(measure.here(partial(write_content_hashes, Batch(made))))
            for way, load in _ways(database, made).items():
                costs[way].append(measure.here(load, server))
            print(f"  {number + 1} of {ROUNDS} batches loaded in every way", file=sys.stderr, flush=True)
        memory = _memory(server, folder)
    return _section(costs, memory, hashes)


def report_million() -> Section:
    """Loading into a full table and into an empty one, alternating."""
    with _server() as (server, folder):
        empty, full = (fresh_news(server).admin for _ in range(2))
        seconds = fill(full, MILLION, paragraphs=(1, 1))
        costs: dict[str, list[Cost]] = {"akhbar": [], "million": []}
        for made in _batches(folder, 3):
            for way, database in (("akhbar", empty), ("million", full)):
                costs[way].append(measure.here(partial(load_batch, made, database), server))
    ratio = measure.median(costs["million"]) / measure.median(costs["akhbar"])
    cells = [[WAYS[way], *measure.figures(found, STORIES)] for way, found in costs.items()]
    return Section(
        "Load into a million stories",
        [Figure("load into a table of a million stories: CPU relative to an empty table", f"{ratio:.2f} times")],
        f"Batches of {STORIES:,} stories into two databases, alternating: one that is empty at first, and one with "
        f"{MILLION:,} stories of one paragraph, filled and indexed in {seconds:.0f} s.\n\n" + table(HEAD, cells),
    )


# --- the ways -------------------------------------------------------------------------------------------------------


def _ways(database: str, made: Path) -> dict[str, Callable[[], object]]:
    later = _later(made)
    return {
        "bare": partial(copy, database, made),
        "merged": partial(copy_and_merge, database, made),
        "akhbar": partial(load_batch, made, database),
        "again": lambda: [load_batch(made, database) for _ in range(RELOADS)],
        "later": partial(load_batch, later, database),
        "upserted": partial(upsert, database, made),
        "single": partial(row_by_row, database, made, FEWER),
    }


def copy(database: str, made: Path) -> None:
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        _copy(cursor, "bare", made)


def _copy(cursor: Any, table: str, made: Path) -> None:
    """Stories by COPY, as CSV."""
    with TemporaryFile("w+", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_rows(made))
        file.seek(0)
        cursor.copy_expert(f"COPY {table} ({NAMES}) FROM STDIN (FORMAT csv)", file)


def copy_and_merge(database: str, made: Path) -> None:
    """As the manuals recommend: into a temporary table, and from there an upsert."""
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE staging ON COMMIT DROP AS SELECT {NAMES} FROM news.articles LIMIT 0")
        _copy(cursor, "staging", made)
        cursor.execute(f"INSERT INTO merged ({NAMES}) SELECT {NAMES} FROM staging {UPSERT}")


def upsert(database: str, made: Path) -> None:
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        execute_values(cursor, f"INSERT INTO upserted ({NAMES}) VALUES %s {UPSERT}", _rows(made), page_size=500)


def row_by_row(database: str, made: Path, limit: int) -> None:
    values = ", ".join(["%s"] * len(COLUMNS))
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        for row, _ in zip(_rows(made), range(limit), strict=False):
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


# --- the batches ----------------------------------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[tuple[Server, Path]]:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        with migrated_server(folder / "postgres", shared_buffers="1GB", max_wal_size="4GB") as server:
            yield server, folder


def _batches(folder: Path, number: int) -> Iterator[Path]:
    writer = Writer(seed=11)
    for place in range(number):
        first = 10_000_000 + place * STORIES
        yield make_batch(folder, f"b{place}", writer, range(first, first + STORIES))


def make_batch(folder: Path, name: str, writer: Writer, numbers: range) -> Path:
    """A cleaned batch of generated stories, some 2,600 characters long."""
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
    """A batch of the same stories, scraped an hour later."""
    with (made / "clean.jsonl").open(encoding="utf-8") as file:
        return _cleaned(made.parent.parent, f"{made.name}-later", map(json.loads, file), hours=1)


def _cleaned(archive: Path, name: str, stories: Iterable[dict[str, Any]], hours: float = 0) -> Path:
    """A batch as the clean step leaves it, with its content hashes."""
    made = batch(archive, name, stories, hours=hours)
    write_content_hashes(Batch(made))
    return made


def _memory(server: Server, folder: Path) -> list[int]:
    """Peak memory, in MiB, of `akhbar load` for a small and for a large batch."""
    installation = Installation.fresh(server, folder, NO_SITE)
    writer = Writer(seed=12)
    peaks = []
    for place, size in enumerate(SIZES):
        made = make_batch(folder, f"m{place}", writer, range(place * 1_000_000, place * 1_000_000 + size))
        result = installation.akhbar("load", str(made), timeout=600)
        if result.status:
            raise measure.CommandFailedError(f"load exited with {result.status}: {result.output[-500:]}")
        peaks.append(round(result.peak))
    return peaks


def _section(costs: dict[str, list[Cost]], memory: list[int], hashes: list[Cost]) -> Section:
    loaded = dict.fromkeys(WAYS, STORIES) | {"single": FEWER, "again": RELOADS * STORIES}
    cells = [[WAYS[way], *measure.figures(found, loaded[way])] for way, found in costs.items()]
    speed = measure.median(costs["merged"]) / measure.median(costs["akhbar"])
    again, later, bare = (measure.median(costs[way]) / loaded[way] for way in ("again", "later", "bare"))
    small, large = SIZES
    more = 1024 * (memory[1] - memory[0]) / (large - small)
    return Section(
        "Load",
        [
            Figure(
                "load: speed relative to COPY and merge, same indexes", f"{speed:.2f}", "at least 0.8", speed >= 0.8
            ),
            Figure(
                "unchanged stories again: CPU relative to COPY without indexes",
                f"{again / bare:.2f} times",
                "at most 0.1",
                again / bare <= 0.1,
            ),
            Figure("the same in a later batch, which updates `last_seen_at`", f"{later / bare:.2f} times"),
            Figure(
                f"peak memory: {large:,} stories and {small:,}",
                f"{memory[1]} and {memory[0]} MiB",
                "less than 1 KiB more per story",
                more < 1,
            ),
        ],
        f"{ROUNDS} batches of {STORIES:,} stories, each loaded in every way, alternating ({FEWER:,} of them one row at "
        f"a time; the same batch again {RELOADS} times in a row), from the same JSON lines file. Speed is by CPU, the "
        "server's included. All but the first have the search index. akhbar first compares the content hashes of the "
        f"stories, which the clean step computes: {1000 * measure.median(hashes) / STORIES:.3f} ms a story, not "
        "included here. The batches have no page records, since the other ways load none.\n\n" + table(HEAD, cells),
    )
