"""Content hashes: when the load step uses those of the clean step, and when it computes them again."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from akhbar.archive.batch import Batch
from akhbar.archive.jsonl import replace_file
from akhbar.local.postgres import Server
from akhbar.steps.clean import clean_batch
from akhbar.steps.content_hashes import content_hash, content_hashes, write_content_hashes
from akhbar.steps.load import load_batch
from tests.akhbar.batches import FIRST_RUN, batch, editorial, lines, page, story
from tests.conftest import News, fresh_news

STORED = "SELECT to_jsonb(s) - '{id,stored_at}'::text[] FROM news.stories AS s ORDER BY story_id"


def cleaned(archive: Path, name: str, hours: float = 0, **changes: str) -> Path:
    """A batch of two stories as the clean step leaves it."""
    folder = batch(archive, name, [], hours=hours, pages=[page("2", fetched_at="2026-11-20T05:00:00+00:00")])
    lines(folder, "scraped.jsonl", [story(1, **changes), editorial(2)])
    assert clean_batch(folder)["accepted"] == 2
    return folder


def test_the_hash_of_a_story_is_that_of_its_best_version_with_the_time_of_its_page(tmp_path: Path) -> None:
    twice = [story(1, extracted_by="feed"), story(1, kind="editorial", extracted_by="feed"), story(1), story(2)]
    folder = batch(tmp_path, "one", twice, pages=[page("2", fetched_at="2026-11-20T05:00:00+00:00")])
    rows = [row.split("\t") for row in content_hashes(Batch(folder)).decode().splitlines()]
    told = [(line, story_id, kind, read_by, seen) for line, story_id, kind, _, _, read_by, seen in rows]
    assert told == [
        ("2", "1", "editorial", "selectors", FIRST_RUN.isoformat()),
        ("3", "2", "article", "selectors", "2026-11-20T05:00:00+00:00"),
    ]
    assert all(re.fullmatch("[0-9a-f]{64}", row[3]) for row in rows)


def test_the_hashes_of_the_clean_step_are_used_without_reading_the_stories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Batch(cleaned(tmp_path, "one"))
    anew = Batch(cleaned(tmp_path / "other", "one"))
    (anew.path / "readings.tsv").unlink()
    assert content_hashes(made) == content_hashes(anew)
    monkeypatch.setattr("akhbar.steps.content_hashes.content_hash", lambda _: pytest.fail("a story was read again"))
    assert len(content_hashes(made).splitlines()) == 2


def test_an_empty_batch_has_no_hashes_and_is_loaded(news: News, tmp_path: Path) -> None:
    made = Batch(batch(tmp_path, "none", []))
    write_content_hashes(made)
    assert content_hashes(made) == b""
    assert load_batch(made.path, news.writer)["coverage"] == 1.0


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "other hash", "other line", "no text"])
def test_hashes_of_other_stories_are_computed_again(news: News, tmp_path: Path, damage: str) -> None:
    load_batch(cleaned(tmp_path, "one"), news.writer)
    file = cleaned(tmp_path, "two", hours=1, title="Another headline") / "readings.tsv"
    left = file.read_bytes()
    earlier = (tmp_path / "dawn" / "one" / "readings.tsv").read_bytes()
    its, other = (re.findall(rb"[0-9a-f]{64}", written)[0] for written in (left, earlier))
    damaged = {
        "empty": b"",
        "cut": left[:-90],
        "other hash": left.replace(its, other),
        "other line": left.replace(b"\n0\t1", b"\n1\t1"),
        "no text": b"\xff\xfe\n" + left,
    }
    if damage == "gone":
        file.unlink()
    else:
        assert damaged[damage] != left
        file.write_bytes(damaged[damage])
    assert load_batch(file.parent, news.writer)["articles"] == {"inserted": 0, "updated": 1, "unchanged": 0}
    assert news.rows("SELECT title, revision FROM articles") == [("Another headline", 2)]


def test_hashes_of_replaced_stories_are_computed_again(news: News, tmp_path: Path) -> None:
    """A process that was killed between `clean.jsonl` and its hashes."""
    folder = cleaned(tmp_path, "one")
    load_batch(folder, news.writer)
    written = (folder / "clean.jsonl").read_text(encoding="utf-8")
    replace_file(folder / "clean.jsonl", written.replace("Headline 1", "Headline 7").splitlines())
    assert load_batch(folder, news.writer)["articles"]["updated"] == 1
    assert news.rows("SELECT title FROM articles") == [("Headline 7",)]


def test_hashes_follow_pages_that_were_fetched_after_cleaning(news: News, tmp_path: Path) -> None:
    folder = cleaned(tmp_path, "one")
    lines(folder, "pages.jsonl", [page("1", fetched_at="2026-11-20T06:00:00+00:00")])
    load_batch(folder, news.writer)
    assert news.rows("SELECT last_seen_at = '2026-11-20T06:00:00Z' FROM articles") == [(True,)]


def test_hashes_computed_under_older_rules_are_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Batch(cleaned(tmp_path, "one"))
    monkeypatch.setattr("akhbar.steps.content_hashes.RULES", 2)
    monkeypatch.setattr("akhbar.steps.content_hashes.content_hash", lambda _: "by the new rules")
    assert content_hashes(made).count(b"by the new rules") == 2


def test_cleaning_needs_no_pages(tmp_path: Path) -> None:
    folder = cleaned(tmp_path, "one")
    for name in ("pages.jsonl", "clean.jsonl", "readings.tsv"):
        (folder / name).unlink()
    assert clean_batch(folder)["accepted"] == 2


def test_loading_with_hashes_and_without_stores_the_same(postgres: Server, tmp_path: Path) -> None:
    told, untold = fresh_news(postgres), fresh_news(postgres)
    for hours, changes in enumerate(({}, {}, {"body": "LAHORE: Quite other words than those of the first reading."})):
        folder = cleaned(tmp_path, f"batch-{hours}", hours=hours, **changes)
        counts = load_batch(folder, told.writer)
        (folder / "readings.tsv").unlink()
        assert load_batch(folder, untold.writer) == counts
        assert untold.rows(STORED) == told.rows(STORED)
    (seen,) = untold.rows("SELECT last_seen_at FROM articles")[0]
    assert seen == FIRST_RUN + timedelta(hours=2)


@pytest.mark.parametrize(
    ("title", "stored"),
    [
        ("half \ud83d, اردو, \x7f \u2028", "5858bf6694ef2ab7ce693eaa7464b6d0dcbbcad5ff7696cc3cfb7b0021c92b44"),
        ('‘curly’ — اردو 🗞 \x7f \u2028 \\ "', "78556e4276b751d35b041d3bf529e6359ad991fcb30caac8058a92d5ade2b16a"),
    ],
)
def test_hashes_are_those_stored_by_earlier_versions(title: str, stored: str) -> None:
    """Any other hash would make a revision of every stored story."""
    assert content_hash(story(1, title=title)) == stored


def test_a_date_of_publication_is_part_of_the_hash() -> None:
    days = [None, "2026-11-19", "2026-11-20"]
    assert len({content_hash(story(1, published_at=None, published_date=day)) for day in days}) == 3
