"""Rows that Postgres refuses cost no other row, whatever Postgres has against them."""

from collections.abc import Sequence
from pathlib import Path

import psycopg2
import pytest

from akhbar.database.connection import DatabaseError
from akhbar.database.refusals import RefusedError, refused_rows
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.conftest import News

REJECTS = "SELECT story_id, reasons, message FROM rejects ORDER BY story_id"


def refuse(news: News, table: str, condition: str) -> None:
    """From now on, the database refuses rows of a table that meet a condition."""
    news.rows(f"ALTER TABLE {table} ADD CONSTRAINT temporary CHECK (NOT ({condition})) NOT VALID")


@pytest.mark.parametrize("bad", [{1}, {7}, {1, 2, 9}, {3, 8}, set(range(1, 10))], ids=str)
def test_refused_stories_become_rejects_and_all_others_are_stored(news: News, tmp_path: Path, bad: set[int]) -> None:
    refuse(news, "articles", f"story_id::int = ANY('{bad}')")
    counts = load_batch(batch(tmp_path, "one", map(story, range(1, 10))), news.writer)
    assert set(news.stories()) == {str(number) for number in set(range(1, 10)) - bad}
    rejected = news.rows(REJECTS)
    assert [(story_id, reasons) for story_id, reasons, _ in rejected] == [
        (str(number), ["refused_by_database"]) for number in sorted(bad)
    ]
    assert all('violates check constraint "temporary"' in message for *_, message in rejected)
    assert counts["rejected"] == len(bad)
    assert counts["articles"]["inserted"] == 9 - len(bad)


def test_the_reject_holds_the_whole_story(news: News, tmp_path: Path) -> None:
    refuse(news, "editorials", "true")
    load_batch(batch(tmp_path, "one", [story(1), editorial(2, title="The ferry’s return")]), news.writer)
    assert news.rows("SELECT story ->> 'title' FROM rejects") == [("The ferry’s return",)]


def test_a_change_that_is_refused_leaves_the_stored_version(news: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "one", [story(1), story(2)]), news.writer)
    refuse(news, "articles", "title LIKE 'New%'")
    changed = [story(1, title="New headline"), story(2, body="A changed text of the second story.")]
    load_batch(batch(tmp_path, "two", changed, hours=1), news.writer)
    assert news.rows("SELECT title, revision FROM articles ORDER BY story_id") == [("Headline 1", 1), ("Headline 2", 2)]
    assert [row[:2] for row in news.rows(REJECTS)] == [("1", ["refused_by_database"])]


def test_loading_again_after_the_cause_was_fixed_stores_the_rest(news: News, tmp_path: Path) -> None:
    refuse(news, "articles", "story_id = '2'")
    made = batch(tmp_path, "one", [story(1), story(2)])
    load_batch(made, news.writer)
    news.rows("ALTER TABLE articles DROP CONSTRAINT temporary")
    load_batch(made, news.writer)
    assert set(news.stories()) == {"1", "2"}
    assert news.rows(REJECTS) == []


def test_a_refused_page_or_reject_is_reported_and_costs_nothing_else(news: News, tmp_path: Path) -> None:
    refuse(news, "pages", "story_id = '2'")
    refuse(news, "rejects", "story ->> 'title' = 'Bad'")
    rejects = [reject(5, "missing_date", title="Good"), reject(6, "missing_date", title="Bad")]
    made = batch(tmp_path, "one", [story(1), story(2)], pages=[page(1), page(2)], rejects=rejects)
    counts = load_batch(made, news.writer)
    assert set(news.stories()) == {"1", "2"}
    assert news.rows("SELECT story_id FROM pages") == [("1",)]
    found = news.rows("SELECT story_id, reasons FROM rejects ORDER BY id")
    assert found == [
        ("5", ["missing_date"]),
        (None, ["missing_date", "refused_by_database"]),
        ("2", ["refused_by_database"]),
    ]
    assert counts["rejected"] == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"authors": ["x" * 3000]},
        {"authors": ["Ünï " * 1000, "Amina"]},
        {"section": "".join(chr(0x4E00 + number) for number in range(3000))},
        {"story_id": "".join(chr(0x4E00 + number) for number in range(3000))},
        {"body": " ".join(chr(0x20000 + number) * 3 for number in range(50_000))},
    ],
    ids=["author", "author of two bytes a letter", "section", "id", "more words than a search index holds"],
)
def test_values_that_no_index_holds_lose_no_other_story(news: News, tmp_path: Path, changes: dict[str, object]) -> None:
    load_batch(batch(tmp_path, "one", [story(1), story(2, **changes), story(3)], listed=[]), news.writer)
    assert {"1", "3"} <= set(news.stories())
    stored, rejected = len(news.stories()), len(news.rows(REJECTS))
    assert stored + rejected == 3


def test_an_error_that_is_not_about_rows_rejects_none(news: News, tmp_path: Path) -> None:
    news.rows("REVOKE INSERT ON articles FROM akhbar_writer")
    with pytest.raises(DatabaseError, match="permission denied"):
        load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
    assert news.rows("SELECT * FROM rejects") == []


def test_stories_that_are_refused_only_together_are_an_error(news: News, tmp_path: Path) -> None:
    news.rows(
        """
        CREATE FUNCTION at_most_one() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT count(*) > 1 FROM news.articles) THEN RAISE 'more than one'; END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER few AFTER INSERT ON articles EXECUTE FUNCTION at_most_one()
        """
    )
    with pytest.raises(DatabaseError, match="more than one"):
        load_batch(batch(tmp_path, "one", [story(1), story(2)]), news.writer)


def test_one_bad_row_in_a_thousand_takes_few_attempts() -> None:
    attempts = []

    def store(rows: Sequence[int]) -> None:
        attempts.append(rows)
        if 700 in rows:
            raise RefusedError("not this one")

    assert list(refused_rows(range(1000), store)) == [(700, "not this one")]
    assert len(attempts) <= 2 * 11


def test_the_error_of_a_lost_connection_is_not_a_refusal() -> None:
    def store(rows: Sequence[int]) -> None:
        raise psycopg2.OperationalError("server closed the connection unexpectedly")

    with pytest.raises(psycopg2.OperationalError):
        list(refused_rows([1], store))
