"""Copies that keep up with the tables: `stored_at`, `stored_until` and `changed_since`."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from akhbar.settings import ROOT
from akhbar.steps import load
from akhbar.steps.load import load_batch, load_replayed
from tests.akhbar.batches import batch, editorial, page, story
from tests.conftest import News

URDU = {"source": "dawnnews", "language": "ur", "edition_date": None}
NOT_CHANGES = {"last_seen_at", "read_at", "search"}
"""Columns that may change without a new `stored_at`."""


@pytest.fixture
def paper(news: News, tmp_path: Path) -> News:
    """A database with two articles and an editorial."""
    load_batch(batch(tmp_path, "first", [story(1), story(2), editorial(3)]), news.writer)
    return news


def stamps(news: News) -> dict[str, datetime]:
    """Each story's `stored_at`."""
    return dict(news.rows("SELECT story_id, stored_at FROM stories"))


def newer(news: News, before: dict[str, datetime]) -> set[str]:
    """The stories that are new or have a later `stored_at` than before."""
    return {story_id for story_id, at in stamps(news).items() if story_id not in before or at > before[story_id]}


class Copy:
    """A consumer's copy of the stories, by id, kept up with `changed_since`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rows: dict[int, dict[str, Any]] = {}

    def update(self) -> set[str]:
        """Takes over what has changed. Returns the numbers of these stories."""
        since = max((row["stored_at"] for row in self.rows.values()), default=None)
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_jsonb(c), stored_at FROM changed_since(%s) AS c", [since])
            changed = {row["id"]: row | {"stored_at": at} for row, at in cursor}
        self.rows |= changed
        return {row["story_id"] for row in changed.values()}

    def equals(self, news: News) -> bool:
        """Whether the copy has the same stories as the tables, with the same content."""
        query = "SELECT to_jsonb(s), stored_at FROM stories AS s"
        stored = {row["id"]: row | {"stored_at": at} for row, at in news.rows(query)}
        return _content(stored) == _content(self.rows)


def _content(rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {key: {name: row[name] for name in row.keys() - NOT_CHANGES} for key, row in rows.items()}


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Does work while the next load has stored its stories and not yet committed."""
    finish = load._finish_run

    def finish_later(*arguments: Any) -> dict[str, Any]:
        monkeypatch.undo()
        work()
        return finish(*arguments)

    monkeypatch.setattr(load, "_finish_run", finish_later)


# --- stored_at --------------------------------------------------------------------------------------------------------


def test_an_insert_and_an_edit_are_stamped_and_no_other_story_is(paper: News, tmp_path: Path) -> None:
    before = stamps(paper)
    stories = [story(1, title="Edited"), story(2), editorial(3, body="Edited."), story(4)]
    load_batch(batch(tmp_path, "later", stories, hours=1), paper.writer)
    assert newer(paper, before) == {"1", "3", "4"}


def test_a_story_that_is_only_seen_again_keeps_its_stamp(paper: News, tmp_path: Path) -> None:
    before = stamps(paper)
    seen = "SELECT min(last_seen_at) FROM stories"
    [(seen_before,)] = paper.rows(seen)
    load_batch(batch(tmp_path, "again", [story(1), story(2)], hours=1), paper.writer)
    unchanged = page(3, "unchanged", fetched_at=(seen_before + timedelta(hours=2)).isoformat())
    load_batch(batch(tmp_path, "304", [], pages=[unchanged], hours=2), paper.writer)
    assert paper.rows(seen) > [(seen_before,)]
    assert newer(paper, before) == set()


def test_a_story_that_moves_between_the_tables_is_stamped(paper: News, tmp_path: Path) -> None:
    before = stamps(paper)
    load_batch(batch(tmp_path, "later", [editorial(2, body=story(2)["body"])], hours=1), paper.writer)
    assert paper.stories()["2"] == "editorial"
    assert newer(paper, before) == {"2"}


def test_a_story_that_a_replay_reads_differently_is_stamped(paper: News, tmp_path: Path) -> None:
    before = stamps(paper)
    again = batch(tmp_path, "first", [story(1, section="Business"), story(2), editorial(3)])
    load_replayed(again, 1, {}, paper.writer)
    assert newer(paper, before) == {"1"}


@pytest.mark.parametrize("role", ["admin", "writer"])
def test_a_change_by_any_statement_is_stamped(paper: News, role: str) -> None:
    before = stamps(paper)
    paper.rows("UPDATE articles SET section = 'Sport' WHERE story_id = '1'", url=getattr(paper, role))
    assert newer(paper, before) == {"1"}


def test_an_update_to_the_same_values_is_no_change(paper: News) -> None:
    before = stamps(paper)
    paper.rows("UPDATE articles SET section = section, title = title")
    assert newer(paper, before) == set()


@pytest.mark.parametrize("stored_at", ["2001-01-01", "2999-01-01", "infinity"])
def test_a_writer_cannot_choose_a_stamp(paper: News, stored_at: str) -> None:
    before = max(stamps(paper).values())
    copied = """
        INSERT INTO editorials (source, story_id, url, title, language, extracted_by, completeness, content_hash,
            first_seen_at, last_seen_at, run_id, stored_at)
        SELECT source, '9', url, title, language, extracted_by, completeness, content_hash,
            first_seen_at, last_seen_at, run_id, %s
        FROM articles LIMIT 1
    """
    paper.rows(copied, stored_at, url=paper.writer)
    [(in_time,)] = paper.rows(
        "SELECT bool_and(stored_at > %s AND stored_at <= now()) FROM stories WHERE story_id = '9'", before
    )
    assert in_time
    with pytest.raises(errors.InsufficientPrivilege):
        paper.rows("UPDATE articles SET stored_at = %s", stored_at, url=paper.writer)


def test_every_column_counts_as_a_change_unless_it_is_known_not_to(news: News) -> None:
    """A column that is added to the tables must be added to the triggers too, or copies miss its changes."""
    columns = """
        SELECT tgrelid::regclass::text, tgname, array_agg(attname::text)
        FROM pg_trigger INNER JOIN pg_attribute ON attrelid = tgrelid AND attnum > 0 AND NOT attisdropped
        WHERE tgname IN ('stamp_transaction', 'renew_stored_at') AND attnum <> ALL(tgattr)
        GROUP BY 1, 2
    """
    found = {(table, name): set(missing) for table, name, missing in news.rows(columns)}
    assert found == {
        (table, name): NOT_CHANGES
        for table in ("articles", "editorials")
        for name in ("stamp_transaction", "renew_stored_at")
    }


def test_a_stamp_is_later_than_those_before_even_if_the_clock_was_set_back(paper: News, tmp_path: Path) -> None:
    """The newest stamp lies in the future, as if the clock had been wrong when it was set."""
    paper.rows("SET session_replication_role = replica; UPDATE articles SET stored_at = '2099-01-01+00'")
    load_batch(batch(tmp_path, "later", [story(4)], hours=1), paper.writer)
    copied = paper.rows("SELECT story_id FROM changed_since('2099-01-01+00')")
    assert copied == [("4",)]


@pytest.mark.parametrize("style", ["SQL, DMY", "German", "Postgres, MDY"])
def test_stamps_do_not_depend_on_the_sessions_settings(paper: News, style: str) -> None:
    """The style SQL writes the zone as IST, which Postgres reads as Israel's."""
    before = stamps(paper)
    change = "UPDATE articles SET section = 'Sport'"
    paper.rows(f"SET datestyle = '{style}'; SET timezone = 'Asia/Kolkata'; {change}")
    [(recent,)] = paper.rows("SELECT bool_and(stored_at BETWEEN now() - interval '1 hour' AND now()) FROM articles")
    assert newer(paper, before) == {"1", "2"}
    assert recent


# --- changed_since ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["reader", "analyst", "monitor", "writer"])
def test_a_copy_follows_inserts_edits_moves_and_replays(paper: News, tmp_path: Path, role: str) -> None:
    copy = Copy(getattr(paper, role))
    assert copy.update() == {"1", "2", "3"}
    assert copy.update() == set()
    load_batch(batch(tmp_path, "edit", [story(1, title="Edited"), story(4)], hours=1), paper.writer)
    assert copy.update() == {"1", "4"}
    load_batch(batch(tmp_path, "move", [editorial(2, body=story(2)["body"])], hours=2), paper.writer)
    assert copy.update() == {"2"}
    load_replayed(batch(tmp_path, "edit", [story(1, title="Reread"), story(4)], hours=1), 1, {}, paper.writer)
    assert copy.update() == {"1"}
    assert copy.equals(paper)


def test_a_load_that_commits_late_is_not_missed(paper: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The late load stores first, so its stamp is older than that of the load that commits first."""
    copy = Copy(paper.reader)
    copy.update()
    late = batch(tmp_path, "late", [story(1, title="Edited"), story(4)], hours=1)
    urdu = batch(tmp_path, "urdu", [story(9, **URDU)], source="dawnnews", mode="latest", edition=None)
    copied: list[set[str]] = []

    def load_another_and_copy() -> None:
        load_batch(urdu, paper.writer)
        copied.append(copy.update())

    meanwhile(monkeypatch, load_another_and_copy)
    load_batch(late, paper.writer)
    copied.append(copy.update())
    assert copied == [set(), {"1", "4", "9"}]
    assert copy.equals(paper)


def test_a_load_that_is_rolled_back_holds_nothing_up(paper: News) -> None:
    copy = Copy(paper.reader)
    copy.update()
    with closing(psycopg2.connect(paper.writer)) as connection, connection.cursor() as cursor:
        cursor.execute("SAVEPOINT attempt; UPDATE news.articles SET section = 'Sport' WHERE story_id = '1'")
        paper.rows("UPDATE articles SET section = 'Business' WHERE story_id = '2'")
        assert copy.update() == set()
        cursor.execute("ROLLBACK TO SAVEPOINT attempt")
        assert copy.update() == {"2"}
        cursor.execute("UPDATE news.articles SET section = 'Sport' WHERE story_id = '1'")
        assert copy.update() == set()
        connection.commit()
    assert copy.update() == {"1"}
    assert copy.equals(paper)


def test_stamps_of_the_newest_second_are_copied_when_no_load_is_in_flight(paper: News) -> None:
    assert paper.rows("SELECT stored_until() = max(stored_at) FROM stories", url=paper.reader) == [(True,)]


def test_the_recipe_of_the_document_keeps_a_copy_in_sync(paper: News, tmp_path: Path) -> None:
    document = (ROOT / "docs" / "sql.md").read_text()
    section = document.split("## Staying in sync\n")[1].split("\n## ")[0]
    create, update = section.split("```sql\n")[1].split("```")[0].split("\n\n")
    path = "SET search_path TO analytics, news, public; "
    paper.rows(path + create, url=paper.analyst)
    load_batch(batch(tmp_path, "edit", [story(1, title="Edited"), story(4)], hours=1), paper.writer)
    load_batch(batch(tmp_path, "move", [editorial(2, body=story(2)["body"])], hours=2), paper.writer)
    paper.rows(path + update, url=paper.analyst)
    stored = paper.rows("SELECT id, kind, title, body, stored_at FROM stories ORDER BY id")
    assert paper.rows("SELECT * FROM analytics.copy ORDER BY id") == stored


def test_a_copy_of_the_articles_alone_learns_which_stories_left(paper: News, tmp_path: Path) -> None:
    load_batch(batch(tmp_path, "move", [editorial(2, body=story(2)["body"])], hours=1), paper.writer)
    [(since,)] = paper.rows("SELECT min(stored_at) FROM stories")
    assert paper.rows("SELECT story_id, kind FROM changed_since(%s)", since) == [("2", "editorial")]


def test_a_story_in_both_tables_comes_once_as_the_editorial(paper: News) -> None:
    paper.rows(
        """
        INSERT INTO editorials (source, story_id, url, title, language, extracted_by, completeness, content_hash,
            first_seen_at, last_seen_at, run_id)
        SELECT source, story_id, url, title, language, extracted_by, completeness, content_hash,
            first_seen_at, last_seen_at, run_id
        FROM articles WHERE story_id = '1'
        """
    )
    copied = paper.rows("SELECT story_id, kind FROM changed_since(NULL) ORDER BY story_id")
    assert copied == [("1", "editorial"), ("2", "article"), ("3", "editorial")]


def test_an_empty_table_has_no_changes(news: News) -> None:
    assert news.rows("SELECT stored_until()", url=news.reader) == [(None,)]
    assert news.rows("SELECT * FROM changed_since(NULL)", url=news.reader) == []


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("query", ["SELECT stored_until()", "SELECT FROM changed_since(NULL)"])
def test_a_transaction_whose_snapshot_is_too_old_is_an_error_not_a_gap(paper: News, level: str, query: str) -> None:
    with pytest.raises(errors.ObjectNotInPrerequisiteState, match="rows could be missed"):
        paper.rows(f"SET TRANSACTION ISOLATION LEVEL {level}; {query}", url=paper.reader)


def test_stamps_are_found_in_an_index(paper: News) -> None:
    """Every load looks up the newest stamp, and every copy reads those after its own."""
    for query in ("SELECT max(stored_at) FROM stories", "SELECT id FROM stories WHERE stored_at > now()"):
        plan = "\n".join(line for (line,) in paper.rows(f"SET enable_seqscan = off; EXPLAIN {query}"))
        assert "articles_by_stored_at" in plan
        assert "editorials_by_stored_at" in plan
