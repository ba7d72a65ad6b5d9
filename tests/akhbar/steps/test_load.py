"""The load step with a real Postgres: what is stored, what changes, concurrent loads and killed ones."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest

from akhbar.archive.batch import BatchMissingError
from akhbar.crawl.incremental import stored_stories
from akhbar.database.connection import DatabaseError
from akhbar.maintenance.verify import verify_stories
from akhbar.steps.load import load_batch, load_replayed
from akhbar.story import LONGEST_ID
from tests.akhbar.batches import FIRST_RUN, batch, editorial, page, reject, story
from tests.akhbar.ids import IDS
from tests.conftest import News

EVERYTHING = """
    SELECT to_jsonb(a) FROM articles a UNION ALL SELECT to_jsonb(e) FROM editorials e
    UNION ALL SELECT to_jsonb(r) FROM revisions r
"""


def stored(news: News, number: int | str) -> dict[str, Any]:
    """The row of a story, from the table that has it."""
    [(row,)] = news.rows(
        "SELECT to_jsonb(a) FROM articles a WHERE story_id = %s UNION ALL "
        "SELECT to_jsonb(e) FROM editorials e WHERE story_id = %s",
        str(number),
        str(number),
    )
    return dict(row)


def test_articles_and_editorials_go_to_their_tables(news: News, tmp_path: Path) -> None:
    counts = load_batch(batch(tmp_path, "one", [story(1), story(2), editorial(3)]), news.writer)
    assert news.stories() == {"1": "article", "2": "article", "3": "editorial"}
    assert counts["articles"] == {"inserted": 2, "updated": 0, "unchanged": 0}
    assert counts["editorials"] == {"inserted": 1, "updated": 0, "unchanged": 0}
    assert counts["coverage"] == 1.0


def test_ids_that_are_paths_are_stored_unchanged_with_their_pages_rejects_and_revisions(
    news: News, tmp_path: Path
) -> None:
    letters = (chr(0x4E00 + n * 7919 % 20_000) for n in range(666))  # Postgres would compress repetitions
    longest = f"/{''.join(letters)}x"
    assert len(longest.encode()) == LONGEST_ID
    urls = {longest: "https://www.dawn.com/long"} | {one: f"https://www.dawn.com{quote(IDS[one])}" for one in IDS}
    rejects = [reject(one, "missing_title", url=url) for one, url in urls.items()]
    for hours, title in enumerate(("Before", "After")):
        same = {"title": title, "excerpt": None, "body": "The same words in each of them. " * 5}
        stories = [story(one, url=url, **same) for one, url in urls.items()]
        pages = [page(one, url=url) for one, url in urls.items()]
        load_batch(batch(tmp_path, title, stories, pages=pages, rejects=rejects, hours=hours), news.writer)
    for table in ("articles", "revisions", "rejects", "pages"):
        assert {one for (one,) in news.rows(f"SELECT story_id FROM {table}")} == set(urls), table
    assert news.rows("SELECT DISTINCT reasons FROM rejects") == [(["missing_title"],)]
    with closing(psycopg2.connect(news.writer)) as connection:
        assert stored_stories(connection, "dawn", list(urls)).keys() == urls.keys()
    assert news.rows("SELECT move_to_editorials('dawn', %s)", list(urls)) == [(len(urls),)]
    moved = news.rows("SELECT story_id FROM editorials UNION SELECT unnest(story_ids) FROM editorials_daily")
    assert {one for (one,) in moved} == set(urls)
    copies = news.rows("SELECT count(*) FROM unnest(%s) AS one, near_copies('dawn', one)", list(urls))
    assert copies == [(len(urls) * (len(urls) - 1),)]


def test_every_field_is_stored_unchanged(news: News, tmp_path: Path) -> None:
    odd = 'Quotes "and" \\backslashes\\, {braces}, commas,\ttabs\nand \\N, ‘curly’ — اردو 🗞'
    given = story(
        1, title=odd, body=odd, excerpt="\\N", authors=['A "B" C', "D\\E", "F, G", "{}", ""], tags=["NULL", "null"],
        updated_at="2026-11-20T07:00:00+05:00", image_url="https://i.dawn.com/1.jpg?r=1", image_caption=odd,
    )  # fmt: skip
    load_batch(batch(tmp_path, "one", [given]), news.writer)
    row = stored(news, 1)
    same = ("title", "body", "excerpt", "authors", "tags", "image_url", "image_caption", "section", "dateline", "url")
    assert {name: row[name] for name in same} == {name: given[name] for name in same}
    assert news.rows(
        "SELECT published_at = '2026-11-20T01:00:00Z', updated_at = '2026-11-20T02:00:00Z' FROM articles"
    ) == [(True, True)]
    assert row["word_count"] == len(odd.split())


def test_loading_twice_changes_nothing(news: News, tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", [story(1), editorial(2)], rejects=[reject(3, "missing_title")], pages=[page(1)])
    first = load_batch(folder, news.writer)
    before = news.rows(EVERYTHING)
    assert load_batch(folder, news.writer) == first
    assert news.rows(EVERYTHING) == before
    for table in ("runs", "rejects", "pages"):
        assert news.rows(f"SELECT count(*) FROM {table}") == [(1,)]


def test_an_unchanged_story_changes_last_seen_at_and_read_at_only(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    before = stored(news, 1)
    counts = load_batch(batch(tmp_path, "two", [story(1)], hours=5), news.writer)
    after = stored(news, 1)
    assert counts["articles"] == {"inserted": 0, "updated": 0, "unchanged": 1}
    assert {name for name in after if after[name] != before[name]} == {"last_seen_at", "read_at"}


@pytest.mark.parametrize(
    "change", [{"title": "Another"}, {"body": "Other words"}, {"excerpt": "New"}, {"authors": ["Someone Else"]}]
)
def test_a_changed_story_keeps_its_earlier_version_as_a_revision(
    news: News, tmp_path: Path, change: dict[str, Any]
) -> None:
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    load_batch(batch(tmp_path, "two", [story(1, **change)], hours=5), news.writer)
    row = stored(news, 1)
    assert row["revision"] == 2
    assert {name: row[name] for name in change} == change
    [(earlier, seen, changed)] = news.rows("SELECT to_jsonb(r), seen_at, changed_at FROM revisions r")
    assert {name: earlier[name] for name in ("title", "body", "excerpt", "authors")} == {
        name: story(1)[name] for name in ("title", "body", "excerpt", "authors")
    }
    assert (earlier["revision"], earlier["reason"]) == (1, "edit")
    assert changed - seen == timedelta(hours=5)


def test_a_third_text_makes_a_second_revision(news: News, tmp_path: Path) -> None:
    for at, title in enumerate(["One", "Two", "Three"]):
        load_batch(batch(tmp_path, title, [story(1, title=title)], hours=at), news.writer)
    assert news.rows("SELECT revision, title FROM revisions ORDER BY 1") == [(1, "One"), (2, "Two")]
    assert news.rows(
        "SELECT a.seen_at = b.changed_at FROM revisions a, revisions b WHERE a.revision = 2 AND b.revision = 1"
    ) == [(True,)]
    assert stored(news, 1)["revision"] == 3


def test_a_batch_that_is_loaded_late_does_not_replace_a_newer_text(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "new", [story(1, title="New")], hours=5), news.writer)
    before = stored(news, 1)
    load_batch(batch(tmp_path, "old", [story(1, title="Old")]), news.writer)
    assert stored(news, 1) == before


def test_a_text_stored_while_the_clock_was_a_year_ahead_is_replaced_by_later_ones(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "ahead", [story(1), story(2)], hours=365 * 24), news.writer)
    load_batch(batch(tmp_path, "put right", [story(1, title="New"), story(2)], hours=5), news.writer)
    assert (stored(news, 1)["title"], stored(news, 1)["revision"]) == ("New", 2)
    assert news.rows("SELECT title, reason FROM revisions") == [(story(1)["title"], "edit")]
    load_batch(batch(tmp_path, "late", [story(1, title="Late"), story(2, title="Late")], hours=3), news.writer)
    assert (stored(news, 1)["title"], stored(news, 2)["title"]) == ("New", story(2)["title"])


def test_null_does_not_replace_a_stored_value(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    less = story(1, title="New", section=None, edition_date=None, published_at=None)
    load_batch(batch(tmp_path, "two", [less], hours=1), news.writer)
    row = stored(news, 1)
    assert (row["title"], row["section"], row["edition_date"]) == ("New", "National", "2026-11-20")
    assert row["published_at"] is not None


DATED: dict[str, Any] = {"published_at": None, "published_date": "2026-11-19", "edition_date": None}
PUBLICATION = "SELECT published_at::text, published_date::text, day::text FROM stories"


@pytest.mark.parametrize("made", [story, editorial])
def test_a_date_of_publication_is_stored_until_a_time_is_known(
    news: News, tmp_path: Path, made: Callable[..., dict[str, Any]]
) -> None:
    folder = batch(tmp_path, "one", [made(1, **DATED)])
    load_batch(folder, news.writer)
    before = news.rows(EVERYTHING)
    assert news.rows(PUBLICATION) == [(None, "2026-11-19", "2026-11-19")]
    load_batch(folder, news.writer)
    assert news.rows(EVERYTHING) == before
    load_batch(batch(tmp_path, "two", [made(1, **DATED | {"published_date": "2026-11-18"})], hours=1), news.writer)
    assert news.rows(PUBLICATION) == [(None, "2026-11-18", "2026-11-18")]
    load_batch(batch(tmp_path, "three", [made(1, **DATED | {"published_date": None})], hours=2), news.writer)
    assert news.rows(PUBLICATION) == [(None, "2026-11-18", "2026-11-18")]
    timed = DATED | {"published_at": "2026-11-19T23:30:00+00:00", "published_date": None}
    load_batch(batch(tmp_path, "four", [made(1, **timed)], hours=3), news.writer)
    assert news.rows(PUBLICATION) == [("2026-11-19 23:30:00+00", None, "2026-11-20")]
    assert news.rows("SELECT * FROM revisions") == []


@pytest.mark.parametrize(
    ("stored_at", "day", "published_at", "published_date"),
    [
        ("2026-11-19T06:00:00+05:00", "2026-11-19", "2026-11-19 01:00:00+00", None),
        ("2026-11-18T20:00:00+00:00", "2026-11-19", "2026-11-18 20:00:00+00", None),
        ("2026-11-19T00:00:00+05:00", "2026-11-19", None, "2026-11-19"),
        ("2026-11-19T06:00:00+05:00", "2026-11-20", None, "2026-11-20"),
    ],
    ids=["of that day", "of that day in the newspaper's zone", "a midnight that was a date", "of another day"],
)
def test_a_date_replaces_a_stored_time_unless_that_is_of_the_day(
    news: News, tmp_path: Path, stored_at: str, day: str, published_at: str | None, published_date: str | None
) -> None:
    load_batch(batch(tmp_path, "one", [story(1, published_at=stored_at)]), news.writer)
    load_batch(batch(tmp_path, "two", [story(1, published_at=None, published_date=day)], hours=1), news.writer)
    assert news.rows("SELECT published_at::text, published_date::text FROM stories") == [(published_at, published_date)]
    assert [found.damage for found in verify_stories(news.writer)] == [None]


def test_a_replay_replaces_a_midnight_that_was_a_date(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1, published_at="2026-11-20T00:00:00+05:00")]), news.writer)
    [(run_id,)] = news.rows("SELECT id FROM runs")
    again = batch(tmp_path, "one", [story(1, published_at=None, published_date="2026-11-20")])
    counts = load_replayed(again, run_id, {}, news.writer)
    assert counts["fields"] == {"published_at": 1, "published_date": 1}
    assert news.rows("SELECT published_at, published_date::text FROM articles") == [(None, "2026-11-20")]


@pytest.mark.parametrize("made", [story, editorial])
def test_a_story_of_the_general_reader_is_like_one_of_selectors(
    news: News, tmp_path: Path, made: Callable[..., dict[str, Any]]
) -> None:
    load_batch(batch(tmp_path, "one", [made(1, extracted_by="general")]), news.writer)
    for hours, way in enumerate(("feed", "fallback"), start=1):
        load_batch(batch(tmp_path, way, [made(1, extracted_by=way, body="Less")], hours=hours), news.writer)
    row = stored(news, 1)
    assert (row["body"], row["extracted_by"], row["revision"]) == (made(1)["body"], "general", 1)


LISTED = {"completeness": "listed", "body": None}


def test_a_listed_story_never_replaces_a_full_one(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [editorial(1)]), news.writer)
    before = stored(news, 1)
    load_batch(batch(tmp_path, "two", [editorial(1, title="Short", **LISTED)], hours=1), news.writer)
    assert stored(news, 1) == before


def test_a_full_story_replaces_a_listed_one_without_a_revision(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [editorial(1, title="Short", **LISTED)]), news.writer)
    load_batch(batch(tmp_path, "two", [editorial(1)], hours=1), news.writer)
    row = stored(news, 1)
    assert (row["completeness"], row["revision"], row["title"]) == ("full", 1, "Headline 1")
    assert news.rows("SELECT * FROM revisions") == []


def test_within_a_batch_the_full_story_wins_and_stays_an_editorial(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1), editorial(1, title="Short", **LISTED)]), news.writer)
    row = stored(news, 1)
    assert (row["kind"], row["completeness"], row["title"]) == ("editorial", "full", "Headline 1")


def test_a_page_replaces_a_feed_item_of_the_same_text_without_a_revision(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1, extracted_by="feed", authors=[], excerpt=None)]), news.writer)
    load_batch(batch(tmp_path, "two", [story(1)], hours=1), news.writer)
    row = stored(news, 1)
    assert (row["extracted_by"], row["revision"], row["authors"]) == ("selectors", 1, ["Amina Rahman"])


@pytest.mark.parametrize("way", ["feed", "fallback"])
def test_a_feed_or_fallback_text_does_not_replace_that_of_a_page(news: News, tmp_path: Path, way: str) -> None:
    load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    load_batch(batch(tmp_path, "two", [story(1, extracted_by=way, body="Less")], hours=1), news.writer)
    row = stored(news, 1)
    assert (row["body"], row["extracted_by"], row["revision"]) == (story(1)["body"], "selectors", 1)


def test_an_article_that_becomes_an_editorial_keeps_its_id_and_history(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1, extracted_by="feed")]), news.writer)
    before = stored(news, 1)
    load_batch(batch(tmp_path, "two", [editorial(1)], hours=1), news.writer)
    assert news.stories() == {"1": "editorial"}
    row = stored(news, 1)
    assert (row["id"], row["first_seen_at"]) == (before["id"], before["first_seen_at"])
    load_batch(batch(tmp_path, "three", [story(1, extracted_by="feed")], hours=2), news.writer)
    assert news.stories() == {"1": "editorial"}, "a feed does not say that a story is an editorial"


def test_an_article_that_becomes_an_editorial_keeps_its_date(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1, **DATED)]), news.writer)
    load_batch(batch(tmp_path, "two", [editorial(1, **DATED | {"published_date": None})], hours=1), news.writer)
    assert news.stories() == {"1": "editorial"}
    assert news.rows(PUBLICATION) == [(None, "2026-11-19", "2026-11-19")]


def test_an_editorial_that_another_listing_names_keeps_the_section_of_editorials(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [editorial(1, extracted_by="feed")]), news.writer)
    from_feed = story(1, section="Pakistan", body="Another text of the same editorial.", extracted_by="feed")
    load_batch(batch(tmp_path, "two", [from_feed], hours=1), news.writer)
    assert news.rows("SELECT section, body FROM editorials") == [("Editorial", "Another text of the same editorial.")]
    again = load_batch(batch(tmp_path, "three", [from_feed], hours=2), news.writer)
    assert again["editorials"] == {"inserted": 0, "updated": 0, "unchanged": 1}
    assert [one.damage for one in verify_stories(news.writer)] == [None]


def test_a_story_in_both_tables_is_updated_in_both(news: News, tmp_path: Path) -> None:
    """Loading never causes this; a check reports it."""
    load_batch(batch(tmp_path, "one", [editorial(1), story(2)]), news.writer)
    with closing(psycopg2.connect(news.admin)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE twin AS SELECT * FROM news.editorials")
        cursor.execute("ALTER TABLE twin DROP COLUMN search, DROP COLUMN day, DROP COLUMN kind")
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute "
            "WHERE attrelid = 'twin'::regclass AND attnum > 0 AND NOT attisdropped"
        )
        names = cursor.fetchone()[0]  # type: ignore[index]
        cursor.execute(f"INSERT INTO news.articles ({names}) SELECT {names} FROM twin")
    counts = load_batch(batch(tmp_path, "two", [story(1, title="Other words")], hours=1), news.writer)
    assert counts["editorials"] == {"inserted": 0, "updated": 1, "unchanged": 0}
    assert counts["articles"] == {"inserted": 0, "updated": 0, "unchanged": 0}
    titles = "SELECT title FROM articles WHERE story_id = '1' UNION ALL SELECT title FROM editorials"
    assert news.rows(titles) == [("Other words",), ("Other words",)]


def test_the_day_of_a_story_follows_its_edition(news: News, tmp_path: Path) -> None:
    shown = {"published_at": "2026-11-19T23:30:00+05:00", "edition_date": None}
    load_batch(batch(tmp_path, "one", [story(1, **shown)]), news.writer)
    assert news.rows("SELECT day::text FROM articles") == [("2026-11-19",)]
    load_batch(batch(tmp_path, "two", [story(1, **shown | {"edition_date": "2026-11-20"})], hours=1), news.writer)
    assert news.rows("SELECT day::text FROM articles") == [("2026-11-20",)]


def test_indexes_do_not_grow_when_stories_are_seen_again(news: News, tmp_path: Path) -> None:
    """A heap-only update leaves the indexes alone; any other adds every word of the story to them again."""
    stories = [story(n, body=f"LAHORE: Some {n} words and others. " * 60) for n in range(200)]
    load_batch(batch(tmp_path, "first", stories), news.writer)
    size = "SELECT pg_indexes_size('news.articles')"
    before = news.rows(size, url=news.admin)
    for hours in range(1, 4):
        load_batch(batch(tmp_path, f"again-{hours}", stories, hours=hours), news.writer)
    assert news.rows("SELECT count(*) FROM articles WHERE last_seen_at = %s", FIRST_RUN + timedelta(hours=3)) == [
        (200,)
    ]
    assert news.rows(size, url=news.admin) == before


def test_rejects_and_pages_are_kept_with_the_run(news: News, tmp_path: Path) -> None:
    nasty = {"title": "null \x00 and half \ud83d", "body": None, "tags": ["\x00"]}
    folder = batch(
        tmp_path,
        "one",
        [story(1)],
        rejects=[reject(2, "missing_title", "body_too_short", **nasty)],
        pages=[page(1, warc_offset=10, warc_length=20), page(3, "gone", status=404)],
        listed=["1", "2", "3"],
    )
    counts = load_batch(folder, news.writer)
    assert (counts["expected"], counts["stored"], counts["rejected"]) == (2, 1, 1), (
        "stories that are gone are not expected"
    )
    assert news.rows("SELECT reasons, story ->> 'title' FROM rejects") == [
        (["missing_title", "body_too_short"], "null  and half ?")
    ]
    assert news.rows("SELECT story_id, outcome, status FROM pages ORDER BY 1") == [
        ("1", "parsed", 200),
        ("3", "gone", 404),
    ]


def test_text_that_postgres_cannot_store_does_not_lose_another_story(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1, title="null \x00 and half \ud83d"), story(2)]), news.writer)
    assert set(news.stories()) == {"1", "2"}


def test_a_body_larger_than_a_tsvector_is_stored(news: News, tmp_path: Path) -> None:
    """A tsvector holds 1 MB of lexemes: the indexed text is limited, the stored text is not."""
    giant = " ".join(f"word{number}" for number in range(400_000))
    load_batch(batch(tmp_path, "one", [story(1, body=giant)]), news.writer)
    assert news.rows("SELECT length(body) FROM articles") == [(len(giant),)]


def test_concurrent_loads_neither_fail_nor_lose_a_story(news: News, tmp_path: Path) -> None:
    folders = [
        batch(tmp_path, name, [story(n, title=f"{name} {n}") for n in range(first, first + 60)], hours=hours)
        for name, first, hours in (("a", 0, 0), ("b", 30, 1), ("c", 60, 2))
    ]
    failures: list[BaseException] = []

    def load(folder: Path) -> None:
        try:
            load_batch(folder, news.writer)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=load, args=[folder]) for folder in folders for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    titles = dict(news.rows("SELECT story_id::int, title FROM articles"))
    assert titles == {n: f"{'a' if n < 30 else 'b' if n < 60 else 'c'} {n}" for n in range(120)}


def test_a_load_killed_before_its_commit_stores_nothing_and_can_be_repeated(news: News, tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", [story(1), editorial(2)])
    code = "import sys, pathlib, akhbar.steps.load as step; step.load_batch(pathlib.Path(sys.argv[1]), sys.argv[2])"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with closing(psycopg2.connect(news.admin)) as blocker, blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE articles IN SHARE MODE")  # blocks the merge's insert, after all rows are copied
        dying = subprocess.Popen([sys.executable, "-c", code, str(folder), news.writer])
        while news.rows(waiting) != [(1,)]:
            assert dying.poll() is None, "the load ended before it reached the lock"
        dying.kill()
        dying.wait()
        blocker.rollback()
    assert news.stories() == {}
    load_batch(folder, news.writer)
    assert news.stories() == {"1": "article", "2": "editorial"}


def test_a_missing_file_is_an_error_that_names_the_skipped_step(news: News, tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", [story(1)])
    (folder / "clean.jsonl").unlink()
    with pytest.raises(BatchMissingError, match=r"clean.jsonl does not exist: run the step before this one first"):
        load_batch(folder, news.writer)
    assert news.rows("SELECT 1 FROM runs WHERE loaded_at IS NOT NULL") == []


def test_an_unreachable_database_is_an_error_without_the_password(tmp_path: Path) -> None:
    folder = batch(tmp_path, "one", [story(1)])
    with pytest.raises(DatabaseError, match="nothing was stored") as failure:
        load_batch(folder, "postgresql://akhbar_writer:hush@127.0.0.1:9/news")
    assert "hush" not in str(failure.value)


def test_search_matches_stems_and_ignores_accents(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1, title="Cafés reopened"), story(2, title="Nothing of it")]), news.writer)
    found = "SELECT story_id FROM articles WHERE search @@ websearch_to_tsquery('news.story', %s)"
    assert news.rows(found, "cafe reopening", url=news.reader) == [("1",)]
