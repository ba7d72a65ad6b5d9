"""The views, on a small set of known stories."""

from datetime import date, datetime
from pathlib import Path

import pytest
from psycopg2 import errors

from akhbar.database.migrate import migrate
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, reject, story
from tests.conftest import News

VIEWS = sorted(file.stem for file in (ROOT / "sql" / "views").glob("*.sql"))
BODY = ["LAHORE: The bridge will open in May.", "It cost Rs2bn.", "Tolls are not yet decided."]


@pytest.fixture
def week(news: News, tmp_path: Path) -> News:
    """Two editions with a day between them, a story that changed twice, and a rejected story."""
    first = {"edition_date": "2026-11-16", "published_at": "2026-11-16T05:00:00+05:00"}
    third = {"edition_date": "2026-11-18", "published_at": "2026-11-18T05:00:00+05:00"}
    stories = [
        story(10, **first, body="\n\n".join(BODY), title="Bridge to open", authors=["Amina Rahman", "Tariq Mehmood"]),
        story(11, **first, section="Business"),
        story(12, edition_date=None, published_at="2026-11-17T20:30:00+00:00", section=None),
        editorial(13, **first, title="Second leader", body="One two three."),
        editorial(14, **first, title="First leader", body="Four five."),
        editorial(15, **third, title="Alone", body="word " * 231),
    ]
    load_batch(batch(tmp_path, "one", stories, rejects=[reject(99, "missing_title", "missing_date")]), news.writer)
    later = "\n\n".join(["LAHORE: The bridge will open in June.", BODY[1], BODY[2], "A ferry runs until then."])
    load_batch(batch(tmp_path, "two", [stories[0] | {"body": later}], hours=1), news.writer)
    last = stories[0] | {"body": later, "title": "Bridge delayed", "authors": ["Amina Rahman"]}
    load_batch(batch(tmp_path, "three", [last], hours=2), news.writer)
    return news


def test_stories_contains_articles_and_editorials(week: News) -> None:
    rows = week.rows("SELECT kind, count(*) FROM stories GROUP BY kind ORDER BY kind", url=week.reader)
    assert rows == [("article", 3), ("editorial", 3)]


def test_the_day_of_a_story_is_its_edition_or_its_publication_date_in_karachi(week: News) -> None:
    days = dict(week.rows("SELECT story_id, day FROM stories", url=week.reader))
    assert days["10"] == date(2026, 11, 16)
    assert days["12"] == date(2026, 11, 18), "20:30 UTC is the next day in Karachi"


def test_the_day_of_a_story_with_only_a_date_is_that_date(week: News, tmp_path: Path) -> None:
    dated = {"published_at": None, "published_date": "2026-11-19"}
    stories = [story(1, edition_date=None, **dated), story(2, edition_date="2026-11-20", **dated)]
    load_batch(batch(tmp_path, "dated", stories, hours=3), week.writer)
    newest = (
        "SELECT story_id, day::text FROM stories ORDER BY day DESC NULLS LAST, published_at DESC NULLS LAST LIMIT 2"
    )
    assert week.rows(newest, url=week.reader) == [("2", "2026-11-20"), ("1", "2026-11-19")]
    shown = "SELECT newest_story_at AT TIME ZONE 'Asia/Karachi' FROM latest_run WHERE source = 'dawn'"
    assert week.rows(shown, url=week.reader) == [(datetime(2026, 11, 19),)]


def test_the_local_time_of_publication_is_that_of_the_newspapers_clock(week: News, tmp_path: Path) -> None:
    dated = story(1, edition_date=None, published_at=None, published_date="2026-11-19")
    load_batch(batch(tmp_path, "dated", [dated], hours=3), week.writer)
    local = "SELECT DISTINCT published_local FROM {} WHERE story_id = %s"
    for view in ("stories", "stories_flat"):
        assert week.rows(local.format(view), "12", url=week.reader) == [(datetime(2026, 11, 18, 1, 30),)]
        assert week.rows(local.format(view), "1", url=week.reader) == [(None,)]
    assert week.rows(local.format("story_changes"), "10", url=week.reader) == [(datetime(2026, 11, 16, 5),)]


def test_stories_flat_sorts_bylines_into_agencies_staff_and_named_persons(news: News, tmp_path: Path) -> None:
    kinds = {
        (): "none",
        ("Amina Rahman",): "named",
        ("AP Dhillon",): "named",
        ("Amina Rahman", "Our Correspondent"): "named",
        ("AFP",): "agency",
        ("reuters",): "agency",
        ("The Associated Press",): "agency",
        ("رائٹرز",): "agency",
        ("Amina Rahman", "Reuters"): "agency",
        ("Our Correspondent",): "staff",
        ("Our Staff Reporter in Quetta",): "staff",
        ("The Newspaper's Staff Reporter",): "staff",
        ("Web Desk", "Monitoring Desk"): "staff",
        ("ویب ڈیسک",): "staff",
    }
    load_batch(batch(tmp_path, "one", [story(n, authors=list(names)) for n, names in enumerate(kinds)]), news.writer)
    found = "SELECT authors_text, byline_kind FROM stories_flat"
    by_name = {", ".join(names): kind for names, kind in kinds.items()}
    assert dict(news.rows(found, url=news.reader)) == by_name
    news.rows("DELETE FROM agencies WHERE name = 'AFP'; INSERT INTO agencies VALUES ('Amina Rahman', 'en', 'agency')")
    assert dict(news.rows(found, url=news.reader)) == by_name | {
        "AFP": "named",
        "Amina Rahman": "agency",
        "Amina Rahman, Our Correspondent": "agency",
    }


def test_stories_flat_splits_datelines_of_several_cities(news: News, tmp_path: Path) -> None:
    places = {
        "RAWALPINDI/ISLAMABAD": ["RAWALPINDI", "ISLAMABAD"],
        "LAHORE / KARACHI": ["LAHORE", "KARACHI"],
        "کراچی، لاہور": ["کراچی", "لاہور"],
        "NEW YORK": ["NEW YORK"],
        None: [],
    }
    stories = [story(n, title=str(place), dateline=place) for n, place in enumerate(places)]
    load_batch(batch(tmp_path, "one", stories), news.writer)
    found = dict(news.rows("SELECT title, datelines FROM stories_flat", url=news.reader))
    assert found == {str(place): cities for place, cities in places.items()}


def test_editorials_daily_lists_editorials_in_print_order(week: News) -> None:
    rows = week.rows("SELECT day, editorials, titles, reading_minutes FROM editorials_daily ORDER BY day")
    assert rows == [
        (date(2026, 11, 16), 2, ["First leader", "Second leader"], 1),
        (date(2026, 11, 18), 1, ["Alone"], 2),
    ]
    [(text,)] = week.rows("SELECT text FROM editorials_daily WHERE day = '2026-11-16'")
    assert text == "FIRST LEADER\n\nFour five.\n\n\nSECOND LEADER\n\nOne two three."


def test_editorials_whose_ids_are_paths_are_listed_in_order_of_publication(news: News, tmp_path: Path) -> None:
    hours = {"/opinion/the-second-longest-of-three": 2, "/opinion/first": 1, "/zebras": 3}
    leaders = [
        editorial(path, title=path, edition_date=None, published_at=f"2026-11-20T0{hour}:00:00+05:00")
        for path, hour in hours.items()
    ]
    load_batch(batch(tmp_path, "one", leaders), news.writer)
    ordered = sorted(hours, key=hours.__getitem__)
    assert news.rows("SELECT story_ids, titles FROM editorials_daily") == [(ordered, ordered)]


def test_a_day_without_stories_is_a_row_of_zeros(week: News) -> None:
    rows = week.rows("SELECT day, section, stories FROM coverage_daily ORDER BY day, section", url=week.reader)
    assert len(rows) == 3 * 4, "every day with every section"
    found = {(day.day, section): stories for day, section, stories in rows}
    assert {number for (day, _), number in found.items() if day == 17} == {0}
    assert found[16, "Editorial"] == 2
    assert found[16, "National"] == 1
    assert found[18, ""] == 1


def test_a_change_has_a_diff_by_paragraph(week: News) -> None:
    changes = week.rows(
        "SELECT revision, next_revision, headline_changed, words_before, words_after, diff FROM story_changes "
        "WHERE story_id = '10' ORDER BY revision",
        url=week.reader,
    )
    [first, second] = changes
    assert first[:5] == (1, 2, False, 15, 20)
    assert first[5].splitlines() == [
        "  Bridge to open",
        "  By Amina Rahman, Tariq Mehmood",
        "  Excerpt 10",
        "- LAHORE: The bridge will open in May.",
        "+ LAHORE: The bridge will open in June.",
        "  It cost Rs2bn.",
        "  Tolls are not yet decided.",
        "+ A ferry runs until then.",
    ]
    assert second[:3] == (2, 3, True)
    assert second[5].splitlines()[:4] == [
        "- Bridge to open",
        "- By Amina Rahman, Tariq Mehmood",
        "+ Bridge delayed",
        "+ By Amina Rahman",
    ]


def test_a_diff_of_long_texts_lists_all_paragraphs(news: News) -> None:
    before = "\n\n".join(f"Paragraph {n}" for n in range(3000))
    after = "\n\n".join(f"Line {n}" for n in range(3000))
    [(diff,)] = news.rows("SELECT news.paragraph_diff(%s, %s)", before, after)
    assert len(diff.splitlines()) == 6000
    assert news.rows("SELECT news.paragraph_diff(NULL, 'x'), news.paragraph_diff('x', NULL)") == [("+ x", "- x")]


def test_authors_have_their_stories_and_sections(week: News) -> None:
    rows = week.rows("SELECT author, stories, first_seen, last_seen, sections FROM authors ORDER BY author")
    assert rows == [("Amina Rahman", 3, date(2026, 11, 16), date(2026, 11, 18), ["Business", "National"])]


def test_latest_run_shows_how_fresh_the_tables_are(week: News) -> None:
    [row] = week.rows(
        "SELECT source, outcome, failed_checks, newest_edition, hours_since_good FROM latest_run WHERE source = 'dawn'",
        url=week.reader,
    )
    assert row[:4] == ("dawn", "complete", [], date(2026, 11, 18))
    assert 0 <= row[4] < 1


def test_reject_summary_counts_rejects_by_reason(week: News) -> None:
    rows = week.rows("SELECT reason, rejects FROM reject_summary ORDER BY reason", url=week.reader)
    assert rows == [("missing_date", 1), ("missing_title", 1)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_dashboard_role_can_read_every_view(week: News, view: str) -> None:
    assert week.rows(f"SET ROLE akhbar_bi; SELECT count(*) > 0 FROM {view}") == [(True,)]


def test_the_dashboard_role_cannot_read_tables(week: News) -> None:
    assert week.rows("SET ROLE akhbar_bi; SELECT count(*) FROM search_stories('bridge')") == [(1,)]
    for table in ("articles", "editorials", "revisions", "runs", "rejects", "pages"):
        with pytest.raises(errors.InsufficientPrivilege):
            week.rows(f"SET ROLE akhbar_bi; SELECT * FROM {table}")


def test_migrating_restores_functions(news: News) -> None:
    news.rows(
        "CREATE OR REPLACE FUNCTION news.paragraph_diff(before text, after text) RETURNS text LANGUAGE sql "
        "AS 'SELECT before'"
    )
    assert migrate(news.admin) == []
    assert news.rows("SELECT news.paragraph_diff('a', 'b')") == [("- a\n+ b",)]
