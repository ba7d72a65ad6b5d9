"""Runs the cookbook's queries on the demo's stories and writes their output into the query files.

`make docs` runs this module, which also writes the data dictionary and the outputs of the notebook.
"""

import os
import re
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg2

from akhbar.database.dictionary import data_dictionary
from akhbar.local.demo import EDITIONS, RECHECKS
from akhbar.pipeline import run_all
from akhbar.run import Run
from akhbar.settings import ROOT
from tests.conftest import News, fresh_news, migrated_server
from tests.replica import replica
from tests.sql import notebook
from tests.sql.made_up_year import load_the_year

DICTIONARY = ROOT / "docs" / "data-dictionary.md"
QUERIES = sorted((ROOT / "sql" / "queries").glob("*.sql"))
MAX_ROWS = 10
"""Rows of output that are shown."""
MAX_WIDTH = 40
"""Characters of a value that are shown."""


def read_the_demo(news: News, archive: Path) -> None:
    """Reads the demo's editions, then rereads the last one while its publisher changes stories.

    The last one is of the fifth day since the newspaper is read, the second of which is a holiday.
    """
    with replica() as site:
        site.edit()
        os.environ |= {"AKHBAR_DAWN_BASE_URL": site.url, "AKHBAR_ARCHIVE": str(archive)}
        runs = [(day, False) for day in EDITIONS] + [(EDITIONS[-1], True)] * RECHECKS
        for number, (day, recheck) in enumerate(runs):
            edition = date.fromisoformat(day)
            run_all(Run("dawn", "edition", edition, f"example-{number}", recheck=recheck), news.writer)
    news.rows("UPDATE newspapers SET start_date = '2025-03-25' WHERE source = 'dawn'")
    news.rows("INSERT INTO no_paper_days VALUES ('dawn', '2025-03-26', 'Printing works closed')")


def output_of(url: str, query: str) -> list[str]:
    """A query's output, aligned as in psql: column names, a rule, then the rows, shortened to `MAX_ROWS`."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        rows = [[column.name for column in cursor.description or []]]
        rows += [[_shown(value) for value in row] for row in cursor.fetchall()]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [" | ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "-+-".join("-" * width for width in widths))
    rest = len(lines) - MAX_ROWS - 2
    return [*lines[: MAX_ROWS + 2], f"… and {rest} more"] if rest > 0 else lines


def _shown(value: object) -> str:
    text = "" if value is None else re.sub(r"\s+", " ", str(value))
    return text if len(text) <= MAX_WIDTH else text[: MAX_WIDTH - 1] + "…"


def parts(text: str) -> tuple[list[str], list[str], str]:
    """The parts of a query file: the question with its explanation, the example output, and the query."""
    lines = text.splitlines()
    end = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    head = [line.removeprefix("--").removeprefix(" ") for line in lines[:end]]
    description, _, example = ("\n".join(head)).partition("\nExample output:\n")
    return description.splitlines(), [line.removeprefix("  ") for line in example.splitlines()], "\n".join(lines[end:])


def write_examples(url: str) -> None:
    """Replaces the example output in every query file."""
    for file in QUERIES:
        description, _, query = parts(file.read_text())
        head = [*description, "Example output:", *(f"  {line}" for line in output_of(url, query))]
        file.write_text("\n".join(f"-- {line}".rstrip() for line in head) + "\n" + query + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, migrated_server(Path(folder) / "postgres") as server:
        news = fresh_news(server)
        read_the_demo(news, Path(folder) / "archive")
        write_examples(news.admin)
        DICTIONARY.write_text(data_dictionary(news.admin))
        load_the_year(news.writer, Path(folder) / "archive")
        notebook.write_outputs(news.reader)


if __name__ == "__main__":
    main()
