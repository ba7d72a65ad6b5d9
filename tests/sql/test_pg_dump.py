"""`pg_dump` of the tables that the reader and the analyst can read, with the commands of docs/sql.md."""

import re
import subprocess
from pathlib import Path

import pytest

from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, reject, story
from tests.conftest import News, numbers

DOCUMENT = (ROOT / "docs" / "sql.md").read_text()
EXTENSIONS = re.findall(r"CREATE EXTENSION (?:btree_gin|pg_trgm|unaccent);", DOCUMENT)
STORED = "SELECT to_jsonb(s) FROM stories AS s ORDER BY id"


def options_of(program: str) -> list[str]:
    """The options that the document gives a program, without the connection and the file."""
    [command] = re.findall(rf"^{program} ((?:[^\n]|(?<=\\)\n)*)", DOCUMENT, re.MULTILINE)
    words = [word.strip("'") for word in command.replace("\\\n", " ").split() if "news.dump" not in word]
    return [word for word in words if "postgresql://" not in word and word not in ("--file", "--dbname", "copy")]


@pytest.mark.parametrize("role", ["reader", "analyst"])
def test_the_readable_tables_can_be_dumped_and_restored(
    news: News, postgres: Server, tmp_path: Path, role: str
) -> None:
    load_batch(batch(tmp_path, "one", [story(1), editorial(2)], rejects=[reject(3, "missing_title")]), news.writer)
    load_batch(batch(tmp_path, "two", [story(1, title="Edited")], hours=1), news.writer)
    copy = News(*[postgres.create_database(f"restored_{next(numbers)}")] * 5)
    copy.rows(" ".join(EXTENSIONS))
    dump = ["--file", str(tmp_path / "news.dump"), getattr(news, role)]
    restore = ["--dbname", copy.admin, "--exit-on-error", str(tmp_path / "news.dump")]
    subprocess.run([postgres.tool("pg_dump"), *options_of("pg_dump"), *dump], check=True)
    subprocess.run([postgres.tool("pg_restore"), *options_of("pg_restore"), *restore], check=True)
    for query in (STORED, "SELECT to_jsonb(r) FROM revisions AS r", "SELECT to_jsonb(r) FROM runs AS r ORDER BY id"):
        found = [row for (row,) in copy.rows(f"SET search_path TO news, public; {query}")]
        assert found == [row for (row,) in news.rows(query)]
        assert found
    assert copy.rows("SELECT to_regclass('news.rejects'), to_regclass('news.pages')") == [(None, None)]
