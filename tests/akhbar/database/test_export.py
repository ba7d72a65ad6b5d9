"""Exports: the same rows in each format, safe in a spreadsheet, and never a partial file."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet
import pytest

from akhbar.database.export import DAYS, ExportError, Format, export
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
    rows = export(two_days.reader, table, form, target)
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
        export(two_days.reader, "stories", form, tmp_path / f"s.{form}")
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
        assert export(news.reader, "stories", form, tmp_path / f"s.{form}") == 1
    line = json.loads((tmp_path / "s.jsonl").read_text(encoding="utf-8"))
    [row] = pyarrow.parquet.read_table(tmp_path / "s.parquet").to_pylist()
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        [cells] = csv.DictReader(file)
    assert {name: line[name] for name in urdu} == urdu
    assert {name: row[name] for name in urdu} == urdu
    assert {name: cells[name] for name in urdu} == urdu | {"authors": "ویب ڈیسک; ثنا مرزا"}


def test_a_date_of_publication_is_exported_as_a_date(two_days: News, tmp_path: Path) -> None:
    for form in FORMS:
        export(two_days.reader, "articles", form, tmp_path / f"a.{form}")
    lines = {line["story_id"]: line for line in map(json.loads, (tmp_path / "a.jsonl").open())}
    assert (lines["2"]["published_at"], lines["2"]["published_date"]) == (None, "2026-11-21")
    rows = {row["story_id"]: row for row in pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()}
    assert (rows["1"]["published_date"], rows["2"]["published_date"]) == (None, date(2026, 11, 21))
    with (tmp_path / "a.csv").open(newline="") as file:
        assert {cells["story_id"]: cells["published_date"] for cells in csv.DictReader(file)}["2"] == "2026-11-21"


def test_an_export_is_limited_to_a_range_of_days(two_days: News, tmp_path: Path) -> None:
    day = date(2026, 11, 21)
    assert export(two_days.reader, "stories", "csv", tmp_path / "a", (day, day)) == 1
    assert export(two_days.reader, "stories", "csv", tmp_path / "b", (None, date(2026, 11, 20))) == 2
    assert export(two_days.reader, "stories", "csv", tmp_path / "c", (date(2030, 1, 1), None)) == 0
    with pytest.raises(ExportError, match="2026-11-21 is after --to 2026-11-20"):
        export(two_days.reader, "stories", "csv", tmp_path / "d", (day, date(2026, 11, 20)))


def test_a_failed_export_leaves_no_partial_file(two_days: News, tmp_path: Path) -> None:
    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "out.csv").write_text("yesterday's")
    folder = {file.name for file in tmp_path.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        export(two_days.reader, "stories", "csv", tmp_path / "out.csv", progress=stop)
    with pytest.raises(ExportError, match="the export of runs failed"):
        export(two_days.reader.replace("_reader:secret", "_reader:wrong"), "runs", "csv", tmp_path / "out.csv")
    with pytest.raises(ExportError, match="cannot be written: No such file or directory"):
        export(two_days.reader, "runs", "csv", tmp_path / "nowhere" / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "yesterday's"
    assert {file.name for file in tmp_path.iterdir()} == folder


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
            assert export(news.reader, table, form, folder / f"{table}.{form}") == stored
