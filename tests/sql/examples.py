"""The stories that the cookbook's example answers come from, and the answers as they stand in its files.

`make docs` asks every query anew and writes what it answered into its file, and the data dictionary beside it.
"""

import os
import re
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg2

from akhbar.database.dictionary import data_dictionary
from akhbar.database.migrate import migrate
from akhbar.local.demo import EDITIONS, RECHECKS
from akhbar.local.postgres import Server
from akhbar.pipeline import run_all
from akhbar.run import Run
from akhbar.settings import ROOT
from tests.replica import replica

DICTIONARY = ROOT / "docs" / "data-dictionary.md"
QUERIES = sorted((ROOT / "sql" / "queries").glob("*.sql"))
LONGEST = 10
"""Lines of an answer that are shown."""
WIDEST = 40
"""Characters of a value that are shown."""


def read_the_demo(database_url: str, archive: Path) -> None:
    """What the demo reads: its editions, and then the last one again while its publisher changes stories."""
    with replica() as site:
        site.edit()
        os.environ |= {"AKHBAR_DAWN_BASE_URL": site.url, "AKHBAR_ARCHIVE": str(archive)}
        looks = [(day, False) for day in EDITIONS] + [(EDITIONS[-1], True)] * RECHECKS
        for number, (day, recheck) in enumerate(looks):
            edition = date.fromisoformat(day)
            run_all(Run("dawn", "edition", edition, f"example-{number}", recheck=recheck), database_url)


def answer(url: str, query: str) -> list[str]:
    """What a query answers, as psql would align it: a line of names, then the rows."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        rows = [[column.name for column in cursor.description or []]]
        rows += [[_shown(value) for value in row] for row in cursor.fetchall()]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [" | ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "-+-".join("-" * width for width in widths))
    rest = len(lines) - LONGEST - 2
    return [*lines[: LONGEST + 2], f"… and {rest} more"] if rest > 0 else lines


def _shown(value: object) -> str:
    text = "" if value is None else re.sub(r"\s+", " ", str(value))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def parts(text: str) -> tuple[list[str], list[str], str]:
    """A query's file: the question and what is told of it, the example answer, and the query."""
    lines = text.splitlines()
    end = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    head = [line.removeprefix("--").removeprefix(" ") for line in lines[:end]]
    told, _, example = ("\n".join(head)).partition("\nExample answer:\n")
    return told.splitlines(), [line.removeprefix("  ") for line in example.splitlines()], "\n".join(lines[end:])


def write_answers(url: str) -> None:
    for file in QUERIES:
        told, _, query = parts(file.read_text())
        shown = [*told, "Example answer:", *(f"  {line}" for line in answer(url, query))]
        file.write_text("\n".join(f"-- {line}".rstrip() for line in shown) + "\n" + query + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "postgres")
        server.start()
        try:
            admin = server.create_database("news")
            migrate(admin)
            read_the_demo(admin, Path(folder) / "archive")
            write_answers(admin)
            DICTIONARY.write_text(data_dictionary(admin))
        finally:
            server.destroy()


if __name__ == "__main__":
    main()
