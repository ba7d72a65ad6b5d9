"""A whole run against the replica over HTTP: what is stored, and how each kind of response is handled."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from akhbar.database.connection import DatabaseError
from akhbar.local.postgres import Server
from akhbar.pipeline import resume_or_start, run_all
from akhbar.run import Mode, Run
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.scrape import CrawlFailedError, NewspaperRefusedError, scrape
from tests.conftest import News
from tests.replica import PAGES, Answer, Replica, html
from tests.spiders.dawn import DAWN

EDITIONS: dict[str, dict[str, Any]] = json.loads((PAGES / "editions.json").read_text())
CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
NOT_A_PAGE = Answer(200, b"\x00", {"Content-Type": "application/octet-stream"})
SMALL = "2026-06-19"
"""An edition of two articles, 2009001 and 2009002, and three editorials."""


CODE = """import os, sys
from tests.akhbar.test_pipeline import *
{}(edition(SMALL, sys.argv[1]), os.environ["AKHBAR_DATABASE_URL"])
"""
"""A step of a run, or a whole run, in a separate process."""


def edition(day: str, name: str = "first", **more: Any) -> Run:
    return Run("dawn", "edition", date.fromisoformat(day), name, **more)


def latest(name: str = "latest") -> Run:
    mode: Mode = "latest"
    return Run("dawn", mode, None, name)


def story_requests(site: Replica) -> list[str]:
    return [path for path in site.paths if path.startswith("/news/")]


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
    with pytest.raises(ChecksFailedError, match=r"coverage: saw 0 of 3 stories stored .*3 stories were rejected"):
        run_all(edition("2016-01-23"), os.environ["AKHBAR_DATABASE_URL"])
    rejects = {
        story_id: (reasons, story)
        for story_id, reasons, story in news.rows("SELECT story_id, reasons, story FROM rejects")
    }
    assert {story_id: reasons for story_id, (reasons, _) in rejects.items()} == EDITIONS["2016-01-23"]["rejected"]
    assert rejects["1234520"][1]["body"] == "See page three."


@pytest.mark.usefixtures("here")
def test_a_page_with_six_editorials_in_its_sidebar_gives_one_article_and_six_editorials(
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
def test_a_second_run_fetches_no_stored_story_and_changes_nothing(news: News, site: Replica) -> None:
    run_all(edition("2016-01-22"), os.environ["AKHBAR_DATABASE_URL"])
    rows = "SELECT * FROM articles UNION ALL SELECT * FROM editorials ORDER BY id"
    before = news.rows(rows)
    site.requests.clear()
    run_all(edition("2016-01-22", "second"), os.environ["AKHBAR_DATABASE_URL"])
    # stories that are gone or moved are not stored, so they are fetched again
    assert {path.split("/")[2] for path in story_requests(site)} <= {
        "1234530",
        "1234531",
        "1234532",
        "1234533",
        "1234534",
    }
    assert news.rows(rows) == before


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(NOT_A_PAGE, id="failed"),
        pytest.param(Answer(302, b"", {"Location": "http://127.0.0.1:9/login"}), id="led to a login"),
    ],
)
def test_a_story_known_only_from_a_sidebar_is_fetched_again_after_its_page_failed(
    news: News, site: Replica, answer: Answer
) -> None:
    site.faults["/news/1900712/eid-fares"] = [answer]
    run_all(edition("2016-01-22"), os.environ["AKHBAR_DATABASE_URL"])
    read = "SELECT completeness, kind, section FROM editorials WHERE story_id = '1900712'"
    assert news.rows(read) == [("listed", "editorial", "Editorial")]
    run_all(edition("2016-01-22", "second"), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows(read) == [("full", "editorial", "Editorial")]


@pytest.mark.usefixtures("here")
def test_listings_of_this_run_override_what_an_earlier_try_knew(news: News, site: Replica) -> None:
    """The failed first try knew the column only from another section's listing."""
    column, opinion = "/newspaper/column/2016-01-22", "/newspaper/other-voices/2016-01-22"
    page = site.answer(column)
    site.faults[column] = [NOT_A_PAGE]
    site.faults[opinion] = lambda: page
    site.faults["/news/1234513/the-library-on-wheels"] = [NOT_A_PAGE]
    with pytest.raises(CrawlFailedError):
        run_all(edition("2016-01-22"), os.environ["AKHBAR_DATABASE_URL"])
    run_all(edition("2016-01-22", "second"), os.environ["AKHBAR_DATABASE_URL"])
    ((section,),) = news.rows("SELECT section FROM articles WHERE story_id = '1234513'")
    assert section == DAWN.print_edition.sections["column"]


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
def test_a_recheck_fetches_stored_stories_and_an_edit_becomes_a_revision(news: News, site: Replica) -> None:
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    page = (PAGES / "news/2009001.html").read_text()
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = lambda: html(
        page.replace("six days", "ten days")
    )
    run_all(edition(SMALL, "second", recheck=True), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT revision, body LIKE '%%ten days%%' FROM articles WHERE story_id = '2009001'") == [
        (2, True)
    ]
    assert news.rows("SELECT story_id, revision, body LIKE '%%six days%%', reason FROM revisions") == [
        ("2009001", 1, True, "edit")
    ]


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
def test_a_story_stored_from_a_feed_is_fetched_by_the_next_edition(news: News, site: Replica) -> None:
    card = (PAGES / "newspaper/front-page/2026-06-19.html").read_text()
    run_all(latest(), os.environ["AKHBAR_DATABASE_URL"])
    [(fed,)] = news.rows("SELECT story_id FROM articles WHERE extracted_by = 'feed' ORDER BY 1 DESC LIMIT 1")
    site.faults["/newspaper/editorial/2026-06-19"] = lambda: html(card.replace("2009001", fed))
    site.requests.clear()
    scrape(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert fed in [path.split("/")[2] for path in story_requests(site)]


@pytest.mark.usefixtures("here")
def test_a_story_is_fetched_again_if_a_listing_shows_a_change(news: News, site: Replica) -> None:
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    listing = (PAGES / "newspaper/front-page/2026-06-19.html").read_text()
    later = listing.replace("<span class='timestamp--label'>Published", "<span class='timestamp--label'>Updated", 1)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    later = later.replace("title='2026-06-19T06:21:00+05:00'", f"title='{tomorrow}'", 1)
    site.faults["/newspaper/front-page/2026-06-19"] = lambda: html(later)
    site.requests.clear()
    run_all(edition(SMALL, "second"), os.environ["AKHBAR_DATABASE_URL"])
    assert [path.split("/")[2] for path in story_requests(site)] == ["2009001"]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("header", [{"Retry-After": "1"}, {"Retry-After": formatdate(usegmt=True)}, {}])
@pytest.mark.parametrize("status", [429, 503])
def test_the_crawl_waits_as_long_as_the_site_requests(
    news: News, site: Replica, status: int, header: dict[str, str]
) -> None:
    path = "/news/2009001/monsoon-to-arrive-early-says-weather-office"
    site.faults[path] = [Answer(status, b"later", header)]
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert "2009001" in news.stories()
    first, second = (at for _, asked, _, at in site.requests if asked == path)
    between = [asked for _, asked, _, at in site.requests if first < at < second]
    assert not between, "no other request is sent during the wait"
    if header.get("Retry-After") == "1":
        assert second - first >= 1


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "fault",
    [
        Answer(200, b"%PDF-1.4", {"Content-Type": "application/pdf"}),
        Answer(200, b"\x00\x01\x02" * 50, {"Content-Type": "application/octet-stream"}),
        Answer(200, b"x" * (11 * 1024 * 1024), {"Content-Type": "text/html"}),
        Answer(200, b"<html>" + b"y" * 5000, {"Content-Type": "text/html"}, cut_at=100),
        Answer(200, b"", {"Content-Type": "text/html"}),
        Answer(500, b"broken", {"Content-Type": "text/html"}),
    ],
    ids=["pdf", "binary", "too large", "cut", "empty", "500"],
)
def test_a_page_that_cannot_be_read_is_recorded_and_the_others_are_stored(
    news: News, site: Replica, fault: Answer
) -> None:
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = lambda: fault
    with pytest.raises(ChecksFailedError, match="coverage: saw 4 of 5 stories stored"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 4
    [(outcome, reason)] = news.rows("SELECT outcome, reason FROM pages WHERE story_id = '2009001'")
    assert outcome == "failed"
    assert reason


@pytest.mark.usefixtures("here")
def test_a_section_that_cannot_be_read_fails_the_run_and_the_next_try_fetches_what_is_missing(
    news: News, site: Replica
) -> None:
    path = f"/newspaper/editorial/{SMALL}"
    site.faults[path] = [Answer(500, b"")] * 5
    with pytest.raises(CrawlFailedError, match=r"1 listings could not be read \(.*editorial.*500 after 5 tries"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 2, "the other stories are stored"
    site.requests.clear()
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 5
    assert len(story_requests(site)) == 3


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_page_stops_the_crawl_and_is_not_stored(news: News, site: Replica, status: int) -> None:
    site.faults["/news/2009002/deal-on-fibre-cable-signed"] = lambda: html(CHALLENGE, status)
    with pytest.raises(NewspaperRefusedError, match="blocked by the site"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    asked = story_requests(site)
    assert len(asked) - asked.index("/news/2009002/deal-on-fibre-cable-signed") <= 3
    assert "2009002" not in news.stories()
    assert news.rows("SELECT outcome FROM runs") == [("refused",)]


@pytest.mark.usefixtures("here")
def test_no_stored_story_is_fetched_again_when_the_last_listing_redirects(news: News, site: Replica) -> None:
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    site.requests.clear()
    site.faults[f"/newspaper/icon/{SMALL}"] = [Answer(302, b"", {"Location": "/login"})]
    run_all(edition(SMALL, "second"), os.environ["AKHBAR_DATABASE_URL"])
    assert site.paths[-1] == f"/newspaper/icon/{SMALL}"
    assert story_requests(site) == []


@pytest.mark.usefixtures("here")
def test_half_a_surrogate_pair_in_a_pages_json_ld_does_not_lose_the_story(news: News, site: Replica) -> None:
    page = (PAGES / "news" / "2009001.html").read_text()
    own = '"headline": "Monsoon to arrive early, says weather office"'  # of two articles, the page's own counts
    said = (
        f'<script type="application/ld+json">{{"@type": "NewsArticle", {own}, "keywords": ["half \\ud83d"]}}</script>'
    )
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = [
        html(page.replace("<head>", f"<head>{said}", 1))
    ]
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT tags FROM articles WHERE story_id = '2009001'") == [(["half ?"],)]


@pytest.mark.usefixtures("here")
def test_nothing_is_fetched_if_robots_txt_is_unavailable(site: Replica) -> None:
    site.faults["/robots.txt"] = lambda: Answer(503, b"", {"Retry-After": "0"})
    with pytest.raises(CrawlFailedError, match=r"robots\.txt could not be fetched"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert set(site.paths) == {"/robots.txt"}


@pytest.mark.usefixtures("here")
def test_several_throttled_pages_in_a_row_stop_the_crawl(news: News, site: Replica) -> None:
    for slug in DAWN.print_edition.sections:
        site.faults[f"/newspaper/{slug}/{SMALL}"] = lambda: Answer(429, b"", {"Retry-After": "0"})
    with pytest.raises(NewspaperRefusedError, match="answered 429 to 3 pages in a row"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(set(site.paths)) <= 5, "robots.txt, three sections, and one that was in progress"


@pytest.mark.usefixtures("here")
def test_a_requested_wait_of_an_hour_stops_the_crawl(site: Replica) -> None:
    site.faults[f"/newspaper/front-page/{SMALL}"] = lambda: Answer(429, b"", {"Retry-After": "3600"})
    with pytest.raises(NewspaperRefusedError, match="asks us to wait 3600 s"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(site.requests) <= 3


@pytest.mark.usefixtures("here")
def test_a_day_without_an_edition_fails_with_that_reason(news: News) -> None:
    with pytest.raises(CrawlFailedError, match="edition 2011-11-11: no listing names any story"):
        run_all(edition("2011-11-11"), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT outcome FROM runs") == [("empty",)]


@pytest.mark.usefixtures("here")
def test_an_unreachable_site_fails_with_that_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(CrawlFailedError, match=r"127.0.0.1:9 cannot be reached"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])


@pytest.mark.usefixtures("here")
def test_a_redirect_to_another_site_is_not_followed(news: News, site: Replica) -> None:
    with_trap = "http://127.0.0.1:1/internal"
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = lambda: Answer(
        302, b"", {"Location": with_trap}
    )
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert news.rows("SELECT outcome, reason FROM pages WHERE story_id = '2009001'") == [
        ("moved", f"redirected to {with_trap}")
    ]


@pytest.mark.usefixtures("here")
def test_a_redirect_within_the_site_is_followed_on_the_copy_that_is_read(news: News, site: Replica) -> None:
    site.faults["/news/2009001/monsoon-to-arrive-early-says-weather-office"] = [
        Answer(301, b"", {"Location": "https://www.dawn.com/news/2009001/another-slug"})
    ]
    site.faults["/newspaper/national/2026-06-19"] = [Answer(302, b"", {"Location": "https://www.dawn.com/"})]
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 5
    assert "/news/2009001/another-slug" in site.paths
    assert news.rows("SELECT outcome FROM pages WHERE url LIKE '%%/national/%%'") == [("moved",)]


@pytest.mark.usefixtures("here")
def test_the_error_for_a_database_without_tables_says_what_to_do(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatabaseError, match="run akhbar migrate first"):
        run_all(edition(SMALL), postgres.create_database("no_tables"))


@pytest.mark.usefixtures("here")
def test_a_forbidden_listing_means_that_the_site_blocks_the_crawler(site: Replica) -> None:
    site.faults[f"/newspaper/front-page/{SMALL}"] = lambda: Answer(403, b"no", {"Content-Type": "text/html"})
    with pytest.raises(NewspaperRefusedError, match="answered 403"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(site.requests) <= 3


def test_robots_txt_is_obeyed_and_the_user_agent_has_the_contact_address(
    here: Path, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_CONTACT", "desk@example.org")
    site.faults["/robots.txt"] = lambda: Answer(
        200, b"User-agent: akhbar\nDisallow: /newspaper/\nDisallow: /sp-supplements/", {"Content-Type": "text/plain"}
    )
    with pytest.raises(CrawlFailedError, match="listings could not be read"):
        run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert site.paths == ["/robots.txt"]
    assert site.requests[0][2]["User-Agent"] == "akhbar/0.1 (newspaper archive; desk@example.org)"


def test_every_page_that_was_read_is_in_the_archive(here: Path, news: News) -> None:
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    warc = here / "dawn" / "first" / "pages.warc.gz"
    pages = news.rows("SELECT url, digest, warc_offset FROM pages WHERE outcome = 'parsed'")
    assert len(pages) == 7
    with warc.open("rb") as file:
        found = {
            record.rec_headers["WARC-Target-URI"]: record.rec_headers["WARC-Payload-Digest"]
            for record in ArchiveIterator(file, check_digests=True)
            if record.rec_type == "response"
        }
    assert found == {url: digest for url, digest, _ in pages}


def test_a_killed_crawl_is_resumed(here: Path, news: News, site: Replica) -> None:
    started = subprocess.Popen([sys.executable, "-c", CODE.format("scrape"), "first"], start_new_session=True)
    stuck = "/news/2009013/room-for-rain"
    site.faults[stuck] = lambda: Answer(200, b"", {"Content-Type": "text/html"}, stall=60)
    _await(lambda: stuck in site.paths)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    del site.faults[stuck]
    before = set(story_requests(site)) - {stuck}
    site.requests.clear()
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    assert len(news.stories()) == 5
    assert before
    assert not before & set(story_requests(site)), "pages that were read are not fetched again"


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
    _await(lambda: stuck in site.paths)
    with resume_or_start(edition(SMALL, "mine"), news.writer) as found:
        assert found.name == "mine"
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    _await(lambda: news.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted") == [])
    with resume_or_start(edition(SMALL, "mine"), news.writer) as found:
        assert [(f"dawn/{found.name}",)] == news.rows("SELECT batch FROM runs")


def _await(condition: Any, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the condition was never true"
        os.sched_yield()


def test_crawls_of_one_newspaper_never_overlap(here: Path, news: News, site: Replica) -> None:
    code = CODE.format("run_all")
    runs = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("one", "two", "three")]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert len(news.stories()) == 5
    order = [path for path in site.paths if path == "/robots.txt" or path == f"/newspaper/icon/{SMALL}"]
    assert order == ["/robots.txt", f"/newspaper/icon/{SMALL}"] * 3, "each starts after the one before has ended"
