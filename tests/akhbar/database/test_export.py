"""Exports: the same rows in each format, safe in a spreadsheet, and never a partial file."""

import csv
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet
import pytest

from akhbar import settings
from akhbar.database.export import DAYS, ExportError, QueryRows, TableRows, export, manifest_of
from akhbar.database.file_formats import Format
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar import far_dates
from tests.akhbar.batches import batch, editorial, reject, story
from tests.conftest import News


@pytest.fixture
def two_days(news: News, tmp_path: Path) -> News:
    stories = [
        story(1, title="=HYPERLINK(1)", body='He said: "yes", in Lahore.\n\nÉlysée; done.', authors=["A B", "C D"]),
        story(2, edition_date="2026-11-21", published_at=None, published_date="2026-11-21"),
        editorial(3, authors=[]),
    ]
    load_batch(batch(tmp_path / "archive", "one", stories, rejects=[reject(9, "missing_title")]), news.writer)
    load_batch(batch(tmp_path / "archive", "two", [stories[1] | {"title": "New"}], hours=1), news.writer)
    return news


FORMS: tuple[Format, ...] = ("csv", "jsonl", "parquet")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", DAYS)
def test_everything_can_be_exported_in_every_form(two_days: News, tmp_path: Path, table: str, form: Format) -> None:
    target = tmp_path / f"{table}.{form}"
    rows = export(two_days.reader, TableRows(table), form, target)
    [(stored,)] = two_days.rows(f"SELECT count(*) FROM {table}")
    assert rows == stored > 0
    if form == "parquet":
        assert pyarrow.parquet.read_table(target).num_rows == stored
    elif form == "jsonl":
        assert len([json.loads(line) for line in target.read_text().splitlines()]) == stored
    else:
        with target.open(newline="") as file:
            assert len(list(csv.DictReader(file))) == stored


def test_values_are_exported_unchanged(two_days: News, tmp_path: Path) -> None:
    for form in FORMS:
        export(two_days.reader, TableRows("stories"), form, tmp_path / f"s.{form}")
    [line] = [line for line in map(json.loads, (tmp_path / "s.jsonl").open()) if line["story_id"] == "1"]
    assert line["title"] == "=HYPERLINK(1)"
    assert line["body"] == 'He said: "yes", in Lahore.\n\nÉlysée; done.'
    assert line["authors"] == ["A B", "C D"]
    assert line["day"] == "2026-11-20"
    [row] = [row for row in pyarrow.parquet.read_table(tmp_path / "s.parquet").to_pylist() if row["story_id"] == "1"]
    assert row["authors"] == ["A B", "C D"]
    assert row["day"] == date(2026, 11, 20)
    assert row["published_at"] == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert row["word_count"] == 7
    with (tmp_path / "s.csv").open(newline="") as file:
        [cells] = [cells for cells in csv.DictReader(file) if cells["story_id"] == "1"]
    assert cells["title"] == "'=HYPERLINK(1)", "a spreadsheet would run it"
    assert cells["body"] == line["body"]
    assert cells["authors"] == "A B; C D"


def test_a_story_in_urdu_is_exported_unchanged(news: News, tmp_path: Path) -> None:
    urdu = {
        "title": "«جلسہ» ملتوی؛ نئی تاریخ، CNN",
        "authors": ["ویب ڈیسک", "ثنا مرزا"],
        "section": "پاکستان",
        "body": 'اسلام\u200cآباد: "زیرِ آب" سڑکیں۔\n\nاس نے کہا، بارش ہوگی؟',
        "language": "ur",
    }
    load_batch(batch(tmp_path / "archive", "one", [story(1, **urdu)]), news.writer)
    for form in FORMS:
        assert export(news.reader, TableRows("stories"), form, tmp_path / f"s.{form}") == 1
    line = json.loads((tmp_path / "s.jsonl").read_text(encoding="utf-8"))
    [row] = pyarrow.parquet.read_table(tmp_path / "s.parquet").to_pylist()
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        [cells] = csv.DictReader(file)
    assert {name: line[name] for name in urdu} == urdu
    assert {name: row[name] for name in urdu} == urdu
    assert {name: cells[name] for name in urdu} == urdu | {"authors": "ویب ڈیسک; ثنا مرزا"}


def test_a_date_of_publication_is_exported_as_a_date(two_days: News, tmp_path: Path) -> None:
    for form in FORMS:
        export(two_days.reader, TableRows("articles"), form, tmp_path / f"a.{form}")
    lines = {line["story_id"]: line for line in map(json.loads, (tmp_path / "a.jsonl").open())}
    assert (lines["2"]["published_at"], lines["2"]["published_date"]) == (None, "2026-11-21")
    rows = {row["story_id"]: row for row in pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()}
    assert (rows["1"]["published_date"], rows["2"]["published_date"]) == (None, date(2026, 11, 21))
    with (tmp_path / "a.csv").open(newline="") as file:
        assert {cells["story_id"]: cells["published_date"] for cells in csv.DictReader(file)}["2"] == "2026-11-21"


def test_an_export_is_limited_to_a_range_of_days(two_days: News, tmp_path: Path) -> None:
    day = date(2026, 11, 21)
    assert export(two_days.reader, TableRows("stories", day, day), "csv", tmp_path / "a") == 1
    assert export(two_days.reader, TableRows("stories", None, date(2026, 11, 20)), "csv", tmp_path / "b") == 2
    assert export(two_days.reader, TableRows("stories", date(2030, 1, 1)), "csv", tmp_path / "c") == 0
    with pytest.raises(ExportError, match="2026-11-21 is after --to 2026-11-20"):
        export(two_days.reader, TableRows("stories", day, date(2026, 11, 20)), "csv", tmp_path / "d")


def test_a_failed_export_leaves_no_partial_file(two_days: News, tmp_path: Path) -> None:
    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "out.csv").write_text("yesterday's")
    folder = {file.name for file in tmp_path.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        export(two_days.reader, TableRows("stories"), "csv", tmp_path / "out.csv", progress=stop)
    with pytest.raises(ExportError, match="the export of runs failed"):
        export(
            two_days.reader.replace("_reader:secret", "_reader:wrong"), TableRows("runs"), "csv", tmp_path / "out.csv"
        )
    with pytest.raises(ExportError, match="cannot be written: No such file or directory"):
        export(two_days.reader, TableRows("runs"), "csv", tmp_path / "nowhere" / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "yesterday's"
    assert {file.name for file in tmp_path.iterdir()} == folder


# --- filters --------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_languages(news: News, tmp_path: Path) -> News:
    """Two stories of dawn, one of them in Urdu, and one of tribune."""
    load_batch(batch(tmp_path / "archive", "one", [story(1), story(2, language="ur")]), news.writer)
    load_batch(batch(tmp_path / "archive", "two", [story(3, source="tribune")], source="tribune"), news.writer)
    return news


def exported_ids(news: News, rows: TableRows, folder: Path) -> set[str]:
    export(news.reader, rows, "jsonl", folder / "out.jsonl")
    return {line["story_id"] for line in map(json.loads, (folder / "out.jsonl").open())}


def test_stories_are_exported_by_newspaper_and_by_language(two_languages: News, tmp_path: Path) -> None:
    assert exported_ids(two_languages, TableRows("stories", newspapers=("tribune",)), tmp_path) == {"3"}
    assert exported_ids(two_languages, TableRows("stories", newspapers=("dawn", "tribune")), tmp_path) == {
        "1",
        "2",
        "3",
    }
    assert exported_ids(two_languages, TableRows("stories", language="ur"), tmp_path) == {"2"}
    assert exported_ids(two_languages, TableRows("stories", newspapers=("tribune",), language="ur"), tmp_path) == set()


def test_the_stories_that_changed_since_the_last_export_are_exported(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "first", [story(n) for n in (1, 2, 3)]), news.writer)
    copy = tmp_path / "copy.jsonl"
    export(news.reader, TableRows("stories"), "jsonl", copy)
    changed = [story(2, title="Another headline"), editorial(3), story(4)]
    load_batch(batch(tmp_path, "second", changed, hours=3), news.writer)
    since = datetime.fromisoformat(json.loads(manifest_of(copy).read_text())["changed_since"])
    assert exported_ids(news, TableRows("stories", changed_since=since), tmp_path) == {"2", "3", "4"}
    later = tmp_path / "later.jsonl"
    export(news.reader, TableRows("stories", changed_since=since), "jsonl", later)
    since = datetime.fromisoformat(json.loads(manifest_of(later).read_text())["changed_since"])
    assert exported_ids(news, TableRows("stories", changed_since=since), tmp_path) == set()


def test_a_filter_that_does_not_apply_is_an_error(two_languages: News, tmp_path: Path) -> None:
    for rows, says in [
        (TableRows("runs", language="ur"), "--language does not apply to runs, which has no column language"),
        (TableRows("stories", newspapers=("down",)), "no newspaper of the database is called 'down': choose one of "),
        (TableRows("articles", changed_since=datetime.now(UTC)), "--changed-since does not apply to articles: use"),
    ]:
        with pytest.raises(ExportError, match=says):
            export(two_languages.reader, rows, "csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


# --- queries --------------------------------------------------------------------------------------------------------


def query(folder: Path, text: str) -> QueryRows:
    (folder / "query.sql").write_text(text)
    return QueryRows.read(folder / "query.sql")


def test_every_query_of_the_cookbook_can_be_exported(two_days: News, tmp_path: Path) -> None:
    for file in (ROOT / "sql" / "queries").glob("*.sql"):
        for form in FORMS:
            export(two_days.reader, QueryRows.read(file), form, tmp_path / f"{file.stem}.{form}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT 1 AS a; SELECT 2 AS a", "must contain exactly one SELECT"),
        ("SELECT 1 AS a; COMMIT; DROP TABLE news.articles", "must contain exactly one SELECT"),
        ("-- nothing", "must contain exactly one SELECT"),
        ("CREATE TABLE mine (x integer)", "must contain exactly one SELECT .*CREATE TABLE"),
        ("UPDATE articles SET title = '' RETURNING id", "cannot execute UPDATE in a read-only transaction"),
        ("SELECT title\nFROM articles\nWHERE nope", 'line 3: column "nope" does not exist'),
        ("SELECT title AS a, url AS a FROM articles", "returns two columns called 'a': rename one with AS"),
        ("SELECT FROM articles", "returns rows without columns"),
        ("SELECT * FROM rejects", "permission denied for table rejects"),
    ],
)
def test_a_file_that_is_not_one_query_is_an_error(two_days: News, tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ExportError, match=f"(?s){says}"):
        export(two_days.reader, query(tmp_path, text), "csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    assert two_days.rows("SELECT count(*) FROM articles WHERE title <> ''") == [(2,)]


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_bytes(b"SELECT '\xff'")
    with pytest.raises(ExportError, match="is not UTF-8 text"):
        QueryRows.read(tmp_path / "x.sql")
    with pytest.raises(ExportError, match="contains a null character"):
        query(tmp_path, "SELECT '\0'")
    with pytest.raises(ExportError, match=r"nowhere\.sql cannot be read: No such file"):
        QueryRows.read(tmp_path / "nowhere.sql")


# --- the manifest ---------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_the_file_contains(two_days: News, tmp_path: Path) -> None:
    target = tmp_path / "stories.parquet"
    [(before,)] = two_days.rows("SELECT clock_timestamp()")
    export(two_days.reader, TableRows("stories", date(2026, 11, 1), newspapers=("dawn",)), "parquet", target)
    [(after,)] = two_days.rows("SELECT clock_timestamp()")
    manifest = json.loads(manifest_of(target).read_text())
    assert manifest["rows"] == 3
    assert (manifest["file"], manifest["format"], manifest["table"]) == ("stories.parquet", "parquet", "stories")
    assert manifest["filters"] == {"from": "2026-11-01", "newspapers": ["dawn"]}
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert manifest["bytes"] == target.stat().st_size
    assert before <= datetime.fromisoformat(manifest["snapshot_at"]) <= after
    assert datetime.fromisoformat(manifest["changed_since"]) <= datetime.fromisoformat(manifest["snapshot_at"])
    assert manifest["akhbar"] == settings.VERSION
    types = {column["name"]: column["type"] for column in manifest["columns"]}
    assert list(types) == pyarrow.parquet.read_schema(target).names
    assert (types["authors"], types["published_at"]) == ("text[]", "timestamp with time zone")


def test_the_manifest_of_a_query_contains_the_query(two_days: News, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    export(two_days.reader, query(tmp_path, "SELECT 1.5 AS n"), "csv", target)
    manifest = json.loads(manifest_of(target).read_text())
    assert (manifest["query_file"], manifest["query"]) == ("query.sql", "SELECT 1.5 AS n")
    assert manifest["columns"] == [{"name": "n", "type": "numeric"}]


# --- killed exports -------------------------------------------------------------------------------------------------

BLOCKS = "SELECT n, CASE WHEN n > 1500 THEN pg_sleep(600)::text END AS slept FROM generate_series(1, 2000) AS n"
"""A query that never returns its second block of rows."""


@contextmanager
def blocked_export(news: News, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """A process that has written the first rows of out.csv and waits for the database."""
    monkeypatch.setenv("AKHBAR_DATABASE_URL", news.reader)
    (folder / "blocks.sql").write_text(BLOCKS)
    command = [sys.executable, "-m", "akhbar.cli", "export", "--query", str(folder / "blocks.sql")]
    command += ["--output", str(folder / "out.csv")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            while not is_sleeping(news):
                assert process.poll() is None, process.stderr and process.stderr.read()
            yield process
        finally:
            process.kill()


def is_sleeping(news: News) -> bool:
    sleeping = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    return bool(news.rows(sleeping))


def partial_files(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if "partial" in file.name]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_an_export_without_leaving_a_file(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    with blocked_export(news, tmp_path, monkeypatch) as process:
        assert partial_files(tmp_path)
        process.send_signal(number)
        assert process.wait() == 130
    assert [file.name for file in tmp_path.iterdir()] == ["blocks.sql"]
    assert any(not is_sleeping(news) for _ in range(5000)), "the query was not ended"


def test_the_next_export_removes_what_a_killed_one_left(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with blocked_export(news, tmp_path, monkeypatch) as process:
        process.kill()
        process.wait()
    assert len(partial_files(tmp_path)) == 2
    assert export(news.reader, query(tmp_path, "SELECT 1 AS n"), "csv", tmp_path / "out.csv") == 1
    assert partial_files(tmp_path) == []
    assert (tmp_path / "out.csv").read_text() == "n\n1\n"


def test_two_exports_do_not_write_the_same_file(news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with blocked_export(news, tmp_path, monkeypatch):
        with pytest.raises(ExportError, match=r"another export is writing .*out\.csv"):
            export(news.reader, query(tmp_path, "SELECT 1 AS n"), "csv", tmp_path / "out.csv")
        assert len(partial_files(tmp_path)) == 2


# --- dates that Python cannot represent -----------------------------------------------------------------------------


@pytest.mark.parametrize("moment", far_dates.MOMENTS)
def test_every_timestamp_is_exported(two_days: News, moment: str, tmp_path: Path) -> None:
    far_dates.set_every_moment(two_days, moment)
    export_everything(two_days, tmp_path)
    for line in map(json.loads, (tmp_path / "stories.jsonl").open()):
        assert line["published_at"].replace("T", " ").replace("+00:00", "+00") == moment
    with (tmp_path / "stories.csv").open(newline="") as file:
        for cells in csv.DictReader(file):
            assert cells["published_at"].removeprefix("'").replace("T", " ").replace("+00:00", "+00") == moment
    column = pyarrow.parquet.read_table(tmp_path / "stories.parquet")["published_at"]
    assert set(column.cast(pyarrow.int64()).to_pylist()) == {far_dates.MOMENTS[moment]}


@pytest.mark.parametrize("day", far_dates.DAYS)
def test_every_day_is_exported(two_days: News, day: str, tmp_path: Path) -> None:
    far_dates.set_every_day(two_days, day)
    export_everything(two_days, tmp_path)
    assert {line["day"] for line in map(json.loads, (tmp_path / "stories.jsonl").open())} == {day}
    with (tmp_path / "stories.csv").open(newline="") as file:
        assert {cells["day"] for cells in csv.DictReader(file)} == {day}
    [(number,)] = two_days.rows("SELECT %s::date - date '1970-01-01'", day)
    column = pyarrow.parquet.read_table(tmp_path / "stories.parquet")["day"]
    assert set(column.cast(pyarrow.int32()).to_pylist()) == {number}


def export_everything(news: News, folder: Path) -> None:
    """Exports every table and view in every form, and asserts that the files have as many rows."""
    for table in DAYS:
        [(stored,)] = news.rows(f"SELECT count(*) FROM {table}")
        for form in FORMS:
            assert export(news.reader, TableRows(table), form, folder / f"{table}.{form}") == stored
