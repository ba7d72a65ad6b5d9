"""Untrusted text stays text: in SQL, file names, logs, terminals, links and spreadsheets."""

import csv
import logging
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akhbar.database.export import TableRows, export
from akhbar.newspapers import UnknownNewspaperError, newspaper
from akhbar.run import Run, run_name
from akhbar.steps.clean import clean
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import CrawlFailedError, scrape
from akhbar.story import Story
from tests.akhbar.batches import FIRST_RUN, batch, reject, story
from tests.conftest import News
from tests.replica import Answer, Replica

HOSTILE = [
    "'; DROP TABLE news.articles CASCADE; --",
    "\\'; DELETE FROM news.articles; --",
    "$$; DROP SCHEMA news CASCADE; $$",
    "%s %(source)s {0} {table} :name ${HOME} $(touch ran) `touch ran`",
    "\\N",
    "\\.",
    '{"a","b"}',
    "</script><script>alert(1)</script>",
    "{{ 7 * 7 }} {% for x in y %}",
    "../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "\x1b]0;title\x07\x1b[2J",
    "\u202etxt.exe",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_in_any_field_is_stored_unchanged(news: News, tmp_path: Path, hostile: str) -> None:
    given_story = story(
        hostile, title=hostile, excerpt=hostile, body=hostile, authors=[hostile, hostile], section=hostile,
        dateline=hostile, tags=[hostile], image_caption=hostile, language=hostile, url=hostile, image_url=hostile,
    )  # fmt: skip
    rejects = [reject(hostile, hostile, title=hostile, **{hostile: hostile})]
    folder = batch(tmp_path, "one", [given_story], rejects=rejects, reason=hostile, dag_id=hostile, dag_run_id=hostile)
    load_batch(folder, news.writer)
    [(row,)] = news.rows("SELECT to_jsonb(a) FROM articles a")
    fields = ("story_id", "title", "excerpt", "body", "authors", "section", "dateline", "tags", "image_caption", "url")
    assert {name: row[name] for name in fields} == {name: given_story[name] for name in fields}
    assert news.rows("SELECT reasons, story ->> %s FROM rejects", hostile) == [([hostile], hostile)]
    assert news.rows("SELECT reason, dag_id FROM runs") == [(hostile, hostile)]
    found = "SELECT count(*) FROM search_stories(%s), search_headlines(%s)"
    news.rows(found, hostile, hostile, url=news.reader)
    news.rows("SELECT * FROM related_stories(%s, %s), near_copies(%s, %s)", *[hostile] * 4, url=news.reader)


@given(key=st.text(), source=st.sampled_from(["dawn"]))
def test_any_run_id_gives_one_plain_file_name(key: str, source: str) -> None:
    name = run_name("latest", None, key)
    assert re.fullmatch(r"latest-[A-Za-z0-9._-]+", name)
    assert len(name) < 120
    assert Run(source, "latest", None, name).batch.parent.name == source


@pytest.mark.parametrize("name", ["..", "../dawn", "dawn/../..", "/etc", "", "Dawn", "dawn\n", "dawn; ls", "*"])
def test_only_a_declared_newspaper_has_a_folder(name: str) -> None:
    with pytest.raises(UnknownNewspaperError):
        newspaper(name)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://i.dawn.com/primary/1.jpg?r=1", True),
        ("http://i.dawn.com/1.jpg", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("vbscript:x", False),
        ("//evil.example/x", False),
        ("http://[", False),
        ("/relative.jpg", False),
    ],
)
def test_an_image_url_is_one_that_a_browser_only_fetches(address: str, kept: bool) -> None:
    cleaned = clean(story(1, image_url=address, body="Words. " * 20), newspaper("dawn"), FIRST_RUN)
    assert isinstance(cleaned, Story)
    assert cleaned.image_url == (address if kept else None)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)//www.dawn.com/news/1",
        "https://evil.example/news/1",
        "https://www.dawn.com@evil.example/news/1",
    ],
)
def test_a_story_with_a_foreign_url_is_rejected(address: str) -> None:
    cleaned = clean(story(1, url=address, body="Words. " * 20), newspaper("dawn"), FIRST_RUN)
    assert not isinstance(cleaned, Story)
    assert "wrong_host" in cleaned.reasons


def test_a_storys_address_holds_no_user_or_password() -> None:
    cleaned = clean(
        story(1, url="http://me:hush@www.dawn.com/news/1", body="Words. " * 20), newspaper("dawn"), FIRST_RUN
    )
    assert isinstance(cleaned, Story)
    assert cleaned.url == "https://www.dawn.com/news/1"


def test_control_characters_in_headers_reach_neither_the_terminal_nor_the_tables(
    here: Path, site: Replica, news: News, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator's terminal would execute an escape sequence; a NUL in the reason crashed the run."""
    ugly = "\x1b]0;pwned\x07\x00\x9b31m"
    site.faults["/newspaper/front-page/2016-01-22"] = lambda: Answer(200, b"x", {"Content-Type": f"a/{ugly}"})
    site.faults["/newspaper/lahore/2016-01-22"] = lambda: Answer(302, b"", {"Location": f"http://evil.example/{ugly}"})
    run = Run("dawn", "edition", date(2016, 1, 22), "one")
    with caplog.at_level(logging.INFO), pytest.raises(CrawlFailedError, match="not an HTML page") as failure:
        scrape(run, news.writer)
    said = [str(failure.value), *(record.getMessage() for record in caplog.records)]
    said += [line for (line,) in news.rows("SELECT reason FROM runs")]
    said += (here / "dawn" / "one" / "1" / "pages.jsonl").read_text().splitlines()
    assert any("evil.example" in line for line in said)
    assert not [line for line in said if not line.replace("\n", "").replace("\t", "").isprintable()]


# --- spreadsheets ---------------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1", "''=1", "'\t=1"]
PLAIN = ["'tis", "1 = 1", "A-1", "", " =1", "’=1", "'", "a\n=1"]


def cells(news: News, tmp_path: Path) -> list[str]:
    export(news.reader, TableRows("articles"), "csv", tmp_path / "articles.csv")
    with (tmp_path / "articles.csv").open(newline="", encoding="utf-8") as file:
        return [row["excerpt"] for row in csv.DictReader(file)]


def test_no_csv_cell_begins_like_a_formula_and_every_text_can_be_restored(news: News, tmp_path: Path) -> None:
    texts: list[str] = FORMULAS + PLAIN
    load_batch(batch(tmp_path, "one", [story(at, excerpt=text) for at, text in enumerate(texts)]), news.writer)
    written = cells(news, tmp_path)
    assert not [cell for cell in written if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝")]
    marked = re.compile(r"''*[=+\-@＝＋－＠\t\r\n]")  # as documented in docs/sql.md
    back: list[Any] = [cell[1:] if marked.match(cell) else cell for cell in written]
    assert sorted(back) == sorted(texts)
    assert [cell for cell in written if cell in PLAIN and cell] == [text for text in PLAIN if text]
