"""`akhbar verify`: intact pages, damaged ones, and archives that are missing."""

from akhbar.maintenance.verify import verify
from akhbar.settings import Location
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
