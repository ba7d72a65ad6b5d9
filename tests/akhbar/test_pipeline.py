"""A whole run against the replica over HTTP: what is stored, and how each kind of response is handled."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from akhbar.database import runs
from akhbar.database.connection import DatabaseError, transaction
from akhbar.local.postgres import Server
from akhbar.pipeline import end_killed_runs, resume_or_start, run_all, run_lock
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.scrape import CrawlFailedError, scrape
from tests.akhbar.runs import SMALL, edition, latest, story_requests, wait_until
from tests.conftest import News
from tests.replica import PAGES, Answer, Replica, html

EDITIONS: dict[str, dict[str, Any]] = json.loads((PAGES / "editions.json").read_text())


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("day", [day for day in EDITIONS if day != "2016-01-23"])
def test_an_edition_fills_both_tables_exactly(news: News, day: str) -> None:
    run_all(edition(day), os.environ["AKHBAR_DATABASE_URL"])
    expected = EDITIONS[day]
    assert news.stories() == dict.fromkeys(expected["articles"], "article") | dict.fromkeys(
        expected["editorials"], "editorial"
    )
    assert dict(
        news.rows("SELECT story_id, outcome FROM pages WHERE outcome IN ('gone', 'moved') AND role = 'story'")
    ) == (dict.fromkeys(expected["gone"], "gone") | dict.fromkeys(expected["moved"], "moved"))


@pytest.mark.usefixtures("here")
def test_stored_fields_are_those_that_a_reader_sees_on_the_page(news: News) -> None:
    run_all(edition("2016-01-22"), os.environ["AKHBAR_DATABASE_URL"])
    stored = news.rows(
        "SELECT to_jsonb(a) FROM articles a UNION ALL "
        "SELECT to_jsonb(e) FROM editorials e WHERE edition_date = '2016-01-22'"
    )
    assert len(stored) > 15
    for (row,) in stored:
        expected = json.loads((PAGES / "news" / f"{row['story_id']}.json").read_text())
        same = ("title", "excerpt", "body", "authors", "section", "dateline", "edition_date", "extracted_by", "tags")
        assert {name: row[name] for name in same} == {name: expected[name] for name in same}


@pytest.mark.usefixtures("here")
def test_rejected_stories_are_stored_whole_and_fail_the_coverage_check(news: News) -> None:
    with pytest.raises(ChecksFailedError, match=r"coverage: found 0 of 3 stories stored .*3 stories were rejected"):
        run_all(edition("2016-01-23"), os.environ["AKHBAR_DATABASE_URL"])
    rejects = {
        story_id: (reasons, story)
        for story_id, reasons, story in news.rows("SELECT story_id, reasons, story FROM rejects")
    }
    assert {story_id: reasons for story_id, (reasons, _) in rejects.items()} == EDITIONS["2016-01-23"]["rejected"]
    assert rejects["1234520"][1]["body"] == "See page three."


@pytest.mark.usefixtures("here")
def test_a_page_with_six_editorials_in_its_sidebar_is_stored_as_one_article_and_six_editorials(
    news: News, site: Replica
) -> None:
    listed = (PAGES / "newspaper/front-page/2016-01-22.html").read_text()
    before, first = listed.split("<article", 1)
    only = f"{before}<article{first.split('</article>')[0]}</article></body></html>"
    site.faults["/newspaper/front-page/2016-01-22"] = lambda: html(only)
    for section in (
        "national",
        "international",
        "business",
        "sport",
        "editorial",
        "column",
        "letters",
        "karachi",
        "lahore",
    ):
        site.faults[f"/newspaper/{section}/2016-01-22"] = lambda: Answer(404, b"")
    site.faults["/news/1900712/eid-fares"] = lambda: Answer(404, b"")
    run_all(edition("2016-01-22"), os.environ["AKHBAR_DATABASE_URL"])
    kinds = list(news.stories().values())
    assert (kinds.count("article"), kinds.count("editorial")) == (1, 6)
    listed_only = news.rows(
        "SELECT story_id, title, excerpt, body, published_at::date FROM editorials WHERE completeness = 'listed'"
    )
    assert [row[:4] for row in listed_only] == [
        ("1900712", "Eid fares", "FARES for the journey home have doubled, as they do each ...", None)
    ]


@pytest.mark.usefixtures("here")
def test_a_sitemap_with_too_many_entries_is_not_used(news: News, site: Replica) -> None:
    entries = "".join(f"<url><loc>/news/{number}</loc></url>" for number in range(8_000_000, 8_050_001))
    head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    site.faults["/feeds/sitemap"] = lambda: Answer(200, f"{head}{entries}</urlset>".encode())
    with pytest.raises(CrawlFailedError, match="50,001 entries; a sitemap has at most 50,000"):
        run_all(latest(), os.environ["AKHBAR_DATABASE_URL"])
    assert news.stories()
    assert not [path for path in site.paths if path.startswith("/news/80")]


@pytest.mark.usefixtures("here")
def test_the_latest_stories_are_merged_from_sitemap_feeds_and_listings(news: News, site: Replica) -> None:
    run_all(latest(), os.environ["AKHBAR_DATABASE_URL"])
    by = dict(news.rows("SELECT extracted_by, count(*) FROM articles GROUP BY 1"))
    assert by == {"feed": 9, "selectors": 31}
    assert len(news.rows("SELECT 1 FROM editorials")) == 3, "from the sidebar of the home page"
    asked = [path.split("/")[2] for path in story_requests(site)]
    assert len(asked) == len(set(asked)) == 31 + 3, "each story once, except those that a feed carried whole"
    assert "/archive" not in " ".join(site.paths)


@pytest.mark.usefixtures("here")
def test_the_error_for_a_database_without_tables_says_what_to_do(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatabaseError, match="run akhbar migrate first"):
        run_all(edition(SMALL), postgres.create_database("no_tables"))


@pytest.mark.parametrize(
    "command", [["backfill", "dawn", "--from", SMALL, "--to", SMALL], ["scrape", "dawn", "--edition", SMALL]]
)
def test_a_run_resumes_what_another_command_left_unfinished_but_not_what_is_in_progress(
    here: Path, news: News, site: Replica, command: list[str]
) -> None:
    stuck = "/news/2009013/room-for-rain"
    site.faults[stuck] = lambda: Answer(200, b"", {"Content-Type": "text/html"}, stall=60)
    started = subprocess.Popen(
        [sys.executable, "-m", "akhbar.cli", *command], stderr=subprocess.DEVNULL, start_new_session=True
    )
    wait_until(lambda: stuck in site.paths)
    with resume_or_start(edition(SMALL, "mine"), news.writer) as found:
        assert found.name == "mine"
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    wait_until(lambda: news.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted") == [])
    with resume_or_start(edition(SMALL, "mine"), news.writer) as found:
        assert [(f"dawn/{found.name}",)] == news.rows("SELECT batch FROM runs")


def test_a_run_that_cannot_be_stored_is_resumed_once_and_then_set_aside_by_name(
    here: Path, news: News, caplog: pytest.LogCaptureFixture
) -> None:
    news.rows("REVOKE INSERT ON articles FROM akhbar_writer")
    for name in ("first", "second"):
        with resume_or_start(edition(SMALL, name), news.writer) as run, pytest.raises(DatabaseError):
            run_all(run, news.writer)
        assert run.name == "first"
    news.rows("GRANT INSERT ON articles TO akhbar_writer")
    with resume_or_start(edition(SMALL, "third"), news.writer) as run:
        run_all(run, news.writer)
    assert run.name == "third"
    assert len(news.stories()) == 5
    assert "set first aside" in caplog.text
    [(outcome, reason)] = news.rows("SELECT outcome, reason FROM runs WHERE batch = 'dawn/first'")
    assert outcome == "failed"
    assert reason.startswith("set aside: ")
    assert "dawn/first" in reason
    with resume_or_start(edition(SMALL, "fourth"), news.writer) as run:
        assert run.name == "fourth"


@pytest.mark.parametrize("name", ["manifest.json", "scraped.jsonl"])
def test_a_damaged_batch_never_blocks_the_next_run(here: Path, news: News, name: str) -> None:
    scrape(edition(SMALL), news.writer)
    (here / "dawn" / "first" / "1" / name).write_bytes(b"\xff{damaged\n" * 3)
    for following in ("second", "third"):
        with resume_or_start(edition(SMALL, following), news.writer) as run, suppress(Exception):
            run_all(run, news.writer)
    assert len(news.stories()) == 5


@pytest.mark.usefixtures("here")
def test_a_run_that_no_process_works_on_is_recorded_as_killed(news: News) -> None:
    killed, working = edition(SMALL, "killed"), edition(SMALL, "working")
    with transaction(news.writer) as cursor:
        for run in (killed, working):
            manifest = {"source": "dawn", "mode": "edition", "edition": SMALL, "dag_id": None, "dag_run_id": None}
            runs.record(cursor, run.batch, {**manifest, "started_at": "2026-06-19T03:30:00+00:00"})
    with run_lock("dawn/working", news.writer):
        end_killed_runs("dawn", news.writer)
    assert news.rows("SELECT batch, outcome, reason FROM runs ORDER BY batch") == [
        ("dawn/killed", "failed", "its process was killed"),
        ("dawn/working", "running", None),
    ]
