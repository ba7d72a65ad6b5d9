"""The pages when there is nothing to show, and their answers to invalid addresses."""

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from markupsafe import escape

from akhbar.local.postgres import Server, free_port
from akhbar.steps.load import load_batch
from tests.akhbar import far_dates
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.akhbar.ids import IDS
from tests.conftest import PASSWORD, News
from tests.plugins.conftest import Month

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def test_an_empty_database_says_how_to_start(viewer: "TestClient", news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", news.monitor)
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 200
    assert "Nothing has been crawled yet" in answer.text
    assert 'href="/dags/dawn_edition"' in answer.text


def test_a_database_without_tables_asks_for_the_migration(
    viewer: "TestClient", postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.create_database("never_migrated")
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", postgres.url("never_migrated", "akhbar_monitor", PASSWORD))
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 503
    assert "The database is not migrated" in answer.text
    assert "akhbar migrate" in answer.text


def test_an_unavailable_database_has_a_message_of_its_own(
    viewer: "TestClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://akhbar_monitor:secret@127.0.0.1:{free_port()}/news"
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", url)
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 503
    assert "The database is unavailable" in answer.text
    assert "secret" not in answer.text
    assert viewer.get("/newsroom/api/newspapers").json()["detail"].startswith("The database is unavailable")


def test_a_missing_connection_is_named(viewer: "TestClient", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_NEWS_MONITOR", raising=False)
    answer = viewer.get("/newsroom/dawn")
    assert answer.status_code == 503
    assert "AIRFLOW_CONN_NEWS_MONITOR" in answer.text


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("herald", 404),
        ("dawn/runs/999999", 404),
        ("dawn/runs/99999999999999999999", 422),
        ("dawn/stories/nothing", 404),
        ("dawn/stories/a%00b", 422),
        ("dawn/rejects/1000", 404),
        ("dawn/editions/2026-02-30", 422),
        ("dawn/stories?day=yesterday", 422),
        ("dawn/stories?page=0", 422),
        ("dawn/stories?section=%00", 422),
        ("dawn/runs?mode=weekly", 422),
    ],
)
def test_an_invalid_address_gets_a_clear_answer(viewer: "TestClient", connected: Month, path: str, code: int) -> None:
    answer = viewer.get(f"/newsroom/{path}")
    assert answer.status_code == code
    assert "<h1>" in answer.text


@pytest.fixture
def small(news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> News:
    """A database with rows in every table, which the Newsroom shows."""
    monkeypatch.setenv("AIRFLOW_CONN_NEWS_MONITOR", news.monitor)
    pages, rejects = [page(1)], [reject(9, "missing_title")]
    first = batch(tmp_path, "one", [story(1), editorial(2)], pages=pages, rejects=rejects, edition="2026-11-20")
    load_batch(first, news.writer)
    load_batch(batch(tmp_path, "two", [story(1, title="New")], hours=1), news.writer)
    failed = '[{"name": "crawl", "severity": "error", "passed": false, "seen": "", "wanted": "", "message": "no"}]'
    news.rows("UPDATE runs SET checks = %s", failed)
    return news


def test_a_story_whose_id_is_a_path_is_shown_by_every_link_to_it(
    viewer: "TestClient", small: News, tmp_path: Path
) -> None:
    found = {one: story(one, title=f"Title {number}") for number, one in enumerate(IDS)}
    requested = [page(one) for one in found]
    load_batch(batch(tmp_path, "ids", found.values(), pages=requested, hours=2), small.writer)
    links = {}
    for listed in ("stories", "pages"):
        hrefs = re.findall(r'href="(/newsroom/dawn/story\?[^"]*)">', viewer.get(f"/newsroom/dawn/{listed}").text)
        links[listed] = {parse_qs(urlsplit(html.unescape(href)).query)["id"][0]: href for href in hrefs}
        assert links[listed].keys() >= found.keys()
    for one, expected in found.items():
        pages, answers = [of[one] for of in links.values()], [f"story?{urlencode({'id': one})}"]
        if "%" not in one:  # the test client decodes a path twice; the test in a browser has such an id
            pages.append(f"/newsroom/dawn/stories/{quote(one, safe='')}")
            answers.append(f"stories/{quote(one, safe='')}")
        for address in pages:
            shown = viewer.get(html.unescape(address))
            assert shown.status_code == 200, address
            assert f">{expected['title']}</h1>" in shown.text
            assert f"Story <bdi>{escape(one)}</bdi>, revision 1" in shown.text
        for address in answers:
            assert viewer.get(f"/newsroom/api/dawn/{address}").json()["story_id"] == one
        filtered = viewer.get(f"/newsroom/api/dawn/pages?{urlencode({'story_id': one})}").json()
        assert [row["story_id"] for row in filtered["rows"]] == [one]


@pytest.mark.parametrize("moment", far_dates.MOMENTS)
def test_every_timestamp_is_shown(viewer: "TestClient", small: News, moment: str) -> None:
    far_dates.set_every_moment(small, moment)
    assert_every_page_is_shown(viewer, small)
    shown = viewer.get("/newsroom/api/dawn/stories/1").json()["published_at"]
    assert shown.replace("T", " ").replace("Z", "+00") == moment


@pytest.mark.parametrize("day", [*far_dates.DAYS, "infinity", "-infinity"])
def test_every_day_is_shown(viewer: "TestClient", small: News, day: str) -> None:
    if "infinity" not in day:
        far_dates.set_every_day(small, day)
    small.rows("UPDATE runs SET edition_date = %s", day)
    assert_every_page_is_shown(viewer, small)
    assert {run["edition_date"] for run in viewer.get("/newsroom/api/dawn/runs").json()["rows"]} == {day}
    assert day in viewer.get("/newsroom/dawn/runs").text


def test_a_story_with_only_a_date_is_shown_with_it_after_the_stories_of_its_day(
    viewer: "TestClient", small: News, tmp_path: Path
) -> None:
    dated = {"published_at": None, "published_date": "2026-11-20"}
    stories = [
        story(5, title="Before", published_at="2026-11-19T23:59:00+05:00"),
        story(6, title="Dated", **dated),
        story(7, title="After", published_at="2026-11-20T00:01:00+05:00"),
        editorial(8, title="Undated", published_at=None),
    ]
    load_batch(batch(tmp_path, "dated", stories, hours=2), small.writer)
    rows = viewer.get("/newsroom/api/dawn/stories").json()["rows"]
    assert [row["story_id"] for row in rows] == ["2", "1", "7", "6", "5", "8"]
    assert (rows[3]["published_at"], rows[3]["published_date"]) == (None, "2026-11-20")
    date_shown = '<time datetime="2026-11-20">20 Nov 2026</time>'
    assert viewer.get("/newsroom/dawn/stories").text.count(date_shown) == 1
    assert f"Published {date_shown}" in viewer.get("/newsroom/dawn/stories/6").text
    assert "published 20 Nov 2026, 06:00" in text_of(viewer.get("/newsroom/dawn").text), "the newest story has a time"
    load_batch(batch(tmp_path, "newest", [story(9, **dated | {"published_date": "2026-11-21"})], hours=3), small.writer)
    assert "Saturday 21 November 2026 published 21 Nov 2026" in text_of(viewer.get("/newsroom/dawn").text)


def text_of(page: str) -> str:
    """The text of an HTML page on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def assert_every_page_is_shown(viewer: "TestClient", news: News) -> None:
    [(run, rejected)] = news.rows("SELECT max(run.id), max(r.id) FROM runs AS run, rejects AS r")
    lists = ["runs", "stories", "stories/1", "changes", "rejects", "pages"]
    pages = [
        "",
        "/dawn/editions",
        f"/dawn/runs/{run}",
        f"/dawn/rejects/{rejected}",
        *(f"/dawn/{name}" for name in lists),
    ]
    data = [
        "newspapers",
        "dawn/days",
        "dawn/editions",
        "dawn/checks",
        "dawn/reasons",
        *(f"dawn/{each}" for each in lists),
    ]
    for path in [*pages, *(f"/api/{name}" for name in data)]:
        answer = viewer.get(f"/newsroom{path}")
        assert answer.status_code == 200, (path, answer.text)
