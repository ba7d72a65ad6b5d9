"""Incremental crawls: which stored stories are fetched again, when and how, and what that changes."""

import os
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from warcio.archiveiterator import ArchiveIterator

from akhbar.crawl import incremental
from akhbar.crawl.incremental import stories_to_recheck
from akhbar.local.postgres import Server
from akhbar.pipeline import run_all
from akhbar.run import Run
from akhbar.settings import ROOT
from akhbar.steps.check import ChecksFailedError
from akhbar.steps.load import load_batch
from akhbar.steps.scrape import CrawlFailedError, scrape
from tests.akhbar.batches import FIRST_RUN, batch, editorial, page, story
from tests.akhbar.runs import (
    NOT_A_PAGE,
    SMALL,
    edition,
    fetched_by,
    latest,
    read_ten_minutes_after_publication,
    rows_of,
    story_requests,
)
from tests.conftest import News, fresh_news
from tests.replica import PAGES, ZONE, Answer, Replica, edition_story, html, replica
from tests.spiders.dawn import DAWN

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PUBLISHED = FIRST_RUN - HOUR


def due(news: News, now: datetime) -> list[dict[str, Any]]:
    with closing(psycopg2.connect(news.writer)) as connection:
        return stories_to_recheck(connection, "dawn", now)


def read(news: News, folder: Path, *stories: dict[str, Any], at: datetime = FIRST_RUN, **page_fields: Any) -> None:
    """Stores stories as a crawl would that fetched their pages at a time."""
    pages = [page(one["story_id"], fetched_at=at.isoformat(), **page_fields) for one in stories]
    load_batch(batch(folder, f"at-{at:%d-%H%M}", stories, pages=pages, started_at=at.isoformat()), news.writer)


@pytest.mark.parametrize(
    ("seen", "now", "is_rechecked"),
    [
        (10 * MINUTE, 59 * MINUTE, False),
        (10 * MINUTE, 61 * MINUTE, True),
        (61 * MINUTE, 5 * HOUR, False),
        (61 * MINUTE, 6 * HOUR, True),
        (7 * HOUR, 23 * HOUR, False),
        (7 * HOUR, 2 * DAY, True),
        (2 * DAY, 3 * DAY, True),
        (4 * DAY, 6 * DAY, False),
        (4 * DAY, 7 * DAY, True),
        (8 * DAY, 13 * DAY, False),
        (10 * MINUTE, 13 * DAY, True),
        (10 * MINUTE, 15 * DAY, False),
    ],
)
def test_a_story_is_rechecked_once_it_has_passed_a_recheck_age_since_it_was_last_seen(
    news: News, tmp_path: Path, seen: timedelta, now: timedelta, is_rechecked: bool
) -> None:
    read(news, tmp_path, story(1, published_at=PUBLISHED.isoformat()), at=PUBLISHED + seen)
    assert bool(due(news, PUBLISHED + now)) is is_rechecked


@pytest.mark.parametrize(
    ("now", "is_rechecked"),
    [("2026-11-20T00:59:00+05:00", False), ("2026-11-20T01:01:00+05:00", True), ("2026-12-05T00:00:00+05:00", False)],
)
def test_the_age_of_a_story_with_only_a_date_counts_from_the_start_of_the_day_in_the_newspapers_zone(
    news: News, tmp_path: Path, now: str, is_rechecked: bool
) -> None:
    dated = {"published_at": None, "published_date": "2026-11-20"}
    read(news, tmp_path, story(1, **dated), at=datetime.fromisoformat("2026-11-19T19:10:00+00:00"))
    assert bool(due(news, datetime.fromisoformat(now))) is is_rechecked


def test_listed_stories_and_stories_without_a_date_are_not_rechecked(news: News, tmp_path: Path) -> None:
    published = PUBLISHED.isoformat()
    read(news, tmp_path, story(1, published_at=published, completeness="listed"), story(2, published_at=None))
    assert due(news, PUBLISHED + DAY) == []


@pytest.mark.parametrize(
    ("outcome", "is_rechecked"), [("gone", False), ("moved", False), ("failed", False), ("refused", True)]
)
def test_a_recheck_that_found_no_page_is_not_repeated_before_the_next_recheck_age(
    news: News, tmp_path: Path, outcome: str, is_rechecked: bool
) -> None:
    read(news, tmp_path, story(1, published_at=PUBLISHED.isoformat()), at=PUBLISHED + 10 * MINUTE)
    at = PUBLISHED + 2 * HOUR
    load_batch(batch(tmp_path, "again", [], pages=[page(1, outcome, fetched_at=at.isoformat())]), news.writer)
    assert bool(due(news, at + MINUTE)) is is_rechecked
    assert due(news, PUBLISHED + 7 * HOUR)


def test_validators_are_those_of_the_page_that_the_stored_text_was_read_from(news: News, tmp_path: Path) -> None:
    made = [story(1, published_at=PUBLISHED.isoformat()), editorial(2, published_at=PUBLISHED.isoformat())]
    read(news, tmp_path, *made, etag='"one"', last_modified="Fri, 20 Nov 2026 03:00:00 GMT")
    later = page(1, etag='"rejected"', fetched_at=(FIRST_RUN + HOUR).isoformat())
    load_batch(batch(tmp_path, "rejected", [], pages=[later]), news.writer)
    validators = {one["story_id"]: (one["etag"], one["last_modified"]) for one in due(news, PUBLISHED + DAY)}
    assert validators == {"1": (None, None), "2": ('"one"', "Fri, 20 Nov 2026 03:00:00 GMT")}


def test_a_run_rechecks_a_limited_number_of_stories_newest_first(
    news: News, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incremental, "RECHECK_LIMIT", 2)
    hours = {1: 3, 2: 1, 3: 2}
    read(news, tmp_path, *(story(n, published_at=(FIRST_RUN - h * HOUR).isoformat()) for n, h in hours.items()))
    assert [one["story_id"] for one in due(news, FIRST_RUN + DAY)] == ["2", "3"]


def test_stories_to_recheck_are_found_by_an_index(news: News) -> None:
    news.rows(
        """
        INSERT INTO runs (batch, source, mode, started_at, outcome)
        VALUES ('dawn/x', 'dawn', 'latest', now(), 'running');
        INSERT INTO articles (
            source, story_id, url, title, language, extracted_by, completeness, content_hash, published_at,
            first_seen_at, last_seen_at, run_id
        )
        SELECT 'dawn', n, 'u', 'Title', 'en', 'selectors', 'full', 'h', now() - n * interval '1 hour', now(), now(), 1
        FROM generate_series(1, 20000) AS n;
        """
    )
    news.rows("ANALYZE articles")
    wanted = {
        "source": "dawn",
        "now": datetime.now(UTC),
        "ages": list(incremental.RECHECK_AGES),
        "last_age": 7 * DAY,
        "max_rows": 9,
    }
    with closing(psycopg2.connect(news.writer)) as connection, connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + (ROOT / "sql" / "crawl" / "stories_to_recheck.sql").read_text(), wanted)
        plan = "\n".join(line for (line,) in cursor)
    assert "articles_published_at_idx" in plan
    assert "Seq Scan on articles" not in plan


# --- against the replica, over HTTP -----------------------------------------------------------------------------------


@dataclass
class Rechecked:
    """A newspaper that was read, changed without a trace in its listings, and read again."""

    news: News
    archive: Path
    second: set[str]
    """The stored stories that the second run fetched."""
    third: set[str]
    """Those that a third run fetched, immediately after the second."""
    changed: str
    gone: str
    no_validators: str
    before: dict[str, Any]
    """The stories' rows by id, before the second run."""

    def rows(self) -> dict[str, Any]:
        return rows_of(self.news)


@pytest.fixture(scope="module")
def rechecked(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Rechecked:
    news, archive = fresh_news(postgres), tmp_path_factory.mktemp("archive")
    day = datetime.now(ZONE).date() - 2 * DAY
    changed, gone, bare = (str(edition_story(day, "national", place).number) for place in range(3))
    with replica() as site, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        patch.setenv("AKHBAR_ARCHIVE", str(archive))
        run_all(Run("dawn", "edition", day, "edition"), news.writer)
        run_all(latest("first"), news.writer)
        read_ten_minutes_after_publication(news)
        news.rows("UPDATE pages SET etag = NULL, last_modified = NULL WHERE story_id = %s", bare)
        paths = {path.split("/")[2]: path for path in story_requests(site)}
        edited = site.answer(paths[changed]).body.decode().replace("we lack the people", "we have the people, too")
        site.faults[paths[changed]] = lambda: html(edited)
        site.faults[paths[gone]] = lambda: Answer(404, b"")
        before = rows_of(news)
        second, third = (fetched_by(site, latest(name), news) & before.keys() for name in ("second", "third"))
    return Rechecked(news, archive, second, third, changed, gone, bare, before)


def test_a_recheck_finds_a_change_that_no_listing_shows_and_the_earlier_version_is_kept(rechecked: Rechecked) -> None:
    assert "we have the people, too" in rechecked.rows()[rechecked.changed]["body"]
    revisions = rechecked.news.rows(
        "SELECT story_id, revision, reason, body LIKE '%we lack the people%' FROM revisions"
    )
    assert revisions == [(rechecked.changed, 1, "edit", True)]


def test_a_rechecked_story_is_not_fetched_by_the_next_run(rechecked: Rechecked) -> None:
    assert {rechecked.changed, rechecked.gone, rechecked.no_validators} < rechecked.second
    assert rechecked.third == set()


def test_recheck_of_an_unchanged_page_changes_last_seen_at_only(rechecked: Rechecked) -> None:
    unchanged = rechecked.news.rows("SELECT story_id, status, length FROM pages WHERE outcome = 'unchanged'")
    assert len(unchanged) > 30
    after = rechecked.rows()
    for number, status, length in unchanged:
        before = rechecked.before[number]
        assert (status, length) == (304, 0)
        assert {name for name in before if after[number][name] != before[name]} == {"last_seen_at"}
    with (rechecked.archive / "dawn" / "second" / "1" / "pages.warc.gz").open("rb") as file:
        archived = {record.rec_headers["WARC-Target-URI"] for record in ArchiveIterator(file)}
    numbers = {url.split("/")[4] for url in archived if url and "/news/" in url}
    assert numbers & rechecked.before.keys() == {rechecked.changed, rechecked.no_validators}


def test_a_run_counts_its_rechecks_and_succeeds(rechecked: Rechecked) -> None:
    ((outcome, counts),) = rechecked.news.rows("SELECT outcome, counts FROM runs WHERE batch = 'dawn/second'")
    assert outcome == "complete", "its checks passed too, or the run would have raised"
    assert counts["looked_again"] == len(rechecked.second)
    assert counts["unchanged"] == len(rechecked.second) - 3
    assert (counts["gone"], counts["failed"]) == (1, 0)


def test_a_story_whose_page_is_gone_stays_stored_and_the_page_is_recorded_as_gone(rechecked: Rechecked) -> None:
    assert rechecked.rows()[rechecked.gone] == rechecked.before[rechecked.gone]
    outcomes = "SELECT outcome FROM pages WHERE story_id = %s ORDER BY fetched_at"
    assert rechecked.news.rows(outcomes, rechecked.gone) == [("parsed",), ("gone",)]


def test_a_recheck_in_full_keeps_what_the_print_edition_said(rechecked: Rechecked) -> None:
    before, after = rechecked.before[rechecked.no_validators], rechecked.rows()[rechecked.no_validators]
    assert before["section"] == "National"
    assert {name for name in after if after[name] != before[name]} == {"last_seen_at", "read_at"}


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
def test_no_stored_story_is_fetched_again_when_the_last_listing_redirects(news: News, site: Replica) -> None:
    run_all(edition(SMALL), os.environ["AKHBAR_DATABASE_URL"])
    site.requests.clear()
    site.faults[f"/newspaper/icon/{SMALL}"] = [Answer(302, b"", {"Location": "/login"})]
    run_all(edition(SMALL, "second"), os.environ["AKHBAR_DATABASE_URL"])
    assert site.paths[-1] == f"/newspaper/icon/{SMALL}"
    assert story_requests(site) == []


@pytest.mark.usefixtures("here")
def test_a_listing_that_claims_a_change_costs_no_download_if_the_page_is_unchanged(news: News, site: Replica) -> None:
    """The times of two stories are plausible, and wrong on every run."""
    first, second = (int(number) for number in story_numbers(site))
    site.faults["/feeds/sitemap"] = lambda: sitemap({first: datetime.now(UTC), second: datetime.now(UTC) - DAY})
    for path in (*DAWN.feeds, "/latest-news", "/"):
        site.faults[path] = lambda: Answer(404, b"")
    for name in ("first", "second"):
        site.requests.clear()
        run_crawl(latest(name), news)
    asked = [headers for _, path, headers, _ in site.requests if path.startswith(f"/news/{first}")]
    assert [("If-None-Match" in headers) for headers in asked] == [True]
    outcomes = news.rows("SELECT outcome FROM pages WHERE story_id = %s ORDER BY fetched_at", str(first))
    assert outcomes == [("parsed",), ("unchanged",)]


@pytest.mark.usefixtures("here")
def test_times_of_change_that_are_always_now_have_no_story_fetched_again(news: News, site: Replica) -> None:
    numbers = [int(number) for number in story_numbers(site)]
    site.faults["/feeds/sitemap"] = lambda: sitemap(dict.fromkeys(numbers, datetime.now(UTC)))
    for path in (*DAWN.feeds, "/latest-news", "/"):
        site.faults[path] = lambda: Answer(404, b"")
    run_crawl(latest("first"), news)
    site.requests.clear()
    run_crawl(latest("second"), news)
    assert story_requests(site) == []


def story_numbers(site: Replica) -> list[str]:
    """Two stories that are weeks old, so that no recheck of theirs is due."""
    day = datetime.now(ZONE).date() - 30 * DAY
    return [str(edition_story(day, "national", place).number) for place in range(2)]


def sitemap(changes: dict[int, datetime]) -> Answer:
    entries = "".join(
        f"<url><loc>https://www.dawn.com/news/{number}</loc><lastmod>{changed.isoformat()}</lastmod></url>"
        for number, changed in changes.items()
    )
    return Answer(200, f"<urlset>{entries}</urlset>".encode(), {"Content-Type": "text/xml"})


def run_crawl(run: Run, news: News) -> None:
    """Runs all steps; the checks of a site with two old stories fail."""
    with suppress(ChecksFailedError):
        run_all(run, news.writer)
