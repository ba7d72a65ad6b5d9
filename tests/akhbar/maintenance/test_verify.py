"""`akhbar verify`: intact pages and stories, damaged ones, and archives that are missing."""

from pathlib import Path

import pytest

from akhbar.maintenance.verify import verify, verify_stories
from akhbar.settings import Location
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, story
from tests.akhbar.command import akhbar
from tests.akhbar.maintenance.archived_runs import OLD, YOUNG, read
from tests.conftest import News


def test_every_archived_page_is_verified(news: News, kept: Location) -> None:
    read(news, "first", OLD, {"1": b"one", "2": b"two", "3": b"one"})
    read(news, "second", YOUNG, {"4": b"four"})
    assert [found.damage for found in verify(news.writer)] == [None] * 4
    assert len(list(verify(news.writer, sample=3))) == 3


def test_a_flipped_bit_is_found_and_reported_by_file_and_offset(news: News, kept: Location) -> None:
    folder = read(news, "first", OLD, {"1": b"one", "2": b"two", "3": b"one"})
    read(news, "second", YOUNG, {"4": b"four"})
    [(offset, length)] = news.rows("SELECT warc_offset, warc_length FROM pages WHERE story_id = '1'")
    warc = folder / "pages.warc.gz"
    data = bytearray(warc.read_bytes())
    data[offset + length // 2] ^= 1
    warc.write_bytes(bytes(data))
    damaged = {found.url.rpartition("/")[2]: found.damage for found in verify(news.writer) if found.damage}
    assert list(damaged) == ["1", "3"], "a page and its copy, whose payload is stored only once"
    assert str(folder) in damaged["1"]
    assert f"offset {offset}" in damaged["1"]


def test_a_missing_archive_is_reported(news: News, kept: Location) -> None:
    folder = read(news, "first", OLD, {"1": b"one"})
    (folder / "pages.warc.gz").unlink()
    [found] = verify(news.writer)
    assert str(folder / "pages.warc.gz") in (found.damage or "")


NOTHING_KEPT = {"section": None, "image_url": None, "published_at": None, "edition_date": None}


@pytest.fixture
def loaded(news: News, tmp_path: Path) -> Path:
    """A batch, loaded after an earlier one that knew more of its stories."""
    times = {"3": "2026-11-20T06:00:00.250000-03:30", "4": "2026-11-20T06:00:00+00:00"}
    stories = [story(1), editorial(2), *(story(number, published_at=at) for number, at in times.items())]
    known = [one | {"image_url": "https://www.dawn.com/a.jpg", "tags": ["a", 'b"c']} for one in stories]
    load_batch(batch(tmp_path, "one", known), news.writer)
    again = batch(tmp_path, "two", [known[0] | NOTHING_KEPT | {"title": "New"}, *known[1:]], hours=1)
    load_batch(again, news.writer)
    return again


def test_a_loaded_story_has_the_content_of_its_hash(news: News, loaded: Path) -> None:
    [(kept,)] = news.rows("SELECT section FROM articles WHERE title = 'New'")
    assert kept == "National", "of the earlier batch"
    assert [found.damage for found in verify_stories(news.writer)] == [None] * 4
    assert len(list(verify_stories(news.writer, sample=3))) == 3


def test_a_story_that_kept_the_date_of_an_earlier_page_has_the_content_of_its_hash(news: News, tmp_path: Path) -> None:
    dated = story(1, published_at=None, published_date="2026-11-20")
    load_batch(batch(tmp_path, "one", [dated]), news.writer)
    load_batch(batch(tmp_path, "two", [dated | {"title": "New", "published_date": None}], hours=1), news.writer)
    assert [found.damage for found in verify_stories(news.writer)] == [None]
    news.rows("UPDATE articles SET published_date = '2026-11-21'")
    assert [found.damage for found in verify_stories(news.writer)] == [None], "the page says no date"
    load_batch(batch(tmp_path, "three", [dated | {"title": "Newer"}], hours=2), news.writer)
    news.rows("UPDATE articles SET published_date = '2026-11-21'")
    assert [found.damage is None for found in verify_stories(news.writer)] == [False]


@pytest.mark.parametrize(
    "edit",
    [
        "title = convert_from(convert_to('Café', 'UTF8'), 'LATIN1')",
        "body = body || '.'",
        "excerpt = NULL",
        "authors = '{Somebody Else}'",
        "section = 'Sport'",
        "published_at = published_at + interval '1 second'",
        "edition_date = edition_date + 1",
        "published_at = 'infinity'",
        "tags = '{}'",
    ],
)
def test_an_edited_story_is_found(news: News, loaded: Path, edit: str) -> None:
    news.rows(f"ALTER TABLE articles DISABLE TRIGGER keep_words; UPDATE articles SET {edit} WHERE story_id = '4'")
    assert {found.url for found in verify_stories(news.writer) if found.damage} == {"https://www.dawn.com/news/4"}


def test_an_edited_story_is_reported_and_loaded_again_without_its_hash(
    news: News, loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_DATABASE_URL", news.writer)
    before = news.rows("SELECT story_id, title, body FROM stories ORDER BY 1")
    news.rows("ALTER TABLE editorials DISABLE TRIGGER keep_words")
    news.rows("UPDATE editorials SET body = 'Other words.' WHERE story_id = '2'")
    news.rows("ALTER TABLE editorials ENABLE TRIGGER keep_words")
    done = akhbar("verify")
    assert done.returncode == 1
    assert "the stored story is not the one that was loaded (https://www.dawn.com/news/2)" in done.stdout
    assert "4 stored stories compared with their content hashes, 1 of them differ" in done.stderr
    news.rows("UPDATE editorials SET content_hash = '' WHERE story_id = '2'")
    load_batch(loaded, news.writer)
    assert news.rows("SELECT story_id, title, body FROM stories ORDER BY 1") == before
    assert akhbar("verify").returncode == 0
