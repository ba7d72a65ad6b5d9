"""A site that blocks pages but serves feeds, and one that throttles: what is stored, requested and reported."""

import os
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from akhbar.cli import app
from akhbar.pipeline import run_all
from akhbar.run import Mode, Run
from akhbar.steps.scrape import NewspaperRefusedError, throttling
from tests.conftest import News
from tests.replica import ZONE, Answer, MadeUp, Replica, edition_story, html, served, templates, xml
from tests.spiders.dawn import DAWN

CHALLENGE = html("<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>", 403)
FORBIDDEN = html("<html><body>no</body></html>", 403)
SMALL = "2026-06-19"
LINE = "GWADAR: Two of the harbour's four cranes were taken out of service on Monday for repairs, port officials said."
EXCERPT = "Ferry times change with the tide from next week, the port says..."

pytestmark = pytest.mark.usefixtures("here")


def latest(name: str, **more: Any) -> Run:
    mode: Mode = "latest"
    return Run("dawn", mode, None, name, **more)


def edition(name: str, **more: Any) -> Run:
    return Run("dawn", "edition", date.fromisoformat(SMALL), name, **more)


def run(one: Run) -> None:
    run_all(one, os.environ["AKHBAR_DATABASE_URL"])


def item(number: int, text: str, *, whole: bool) -> str:
    when = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    content = f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded>" if whole else ""
    return (
        f"<item><title>Harbour news, part {number}</title><link>https://www.dawn.com/news/{number}/harbour</link>"
        f"<pubDate>{when}</pubDate><description><![CDATA[<p>{text}</p>]]></description>{content}</item>"
    )


def feed(*items: str) -> Answer:
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>x</title>'
    return xml(f"{head}{''.join(items)}</channel></rss>")


def pages(site: Replica) -> list[str]:
    """The requests for pages, in order."""
    return [path for path in site.paths if path != "/robots.txt" and not path.startswith("/feeds/")]


def block(site: Replica, answer: Answer = CHALLENGE) -> None:
    """Makes the site answer every page like this; feeds and the sitemap stay as they are."""
    serve = site.answer

    def answered(path: str) -> Answer:
        is_page = path != "/robots.txt" and not path.startswith("/feeds/")
        return answer if is_page and site.faults.get("pages") else serve(path)

    site.faults["pages"] = [answer]
    site.answer = answered  # type: ignore[method-assign]


@pytest.fixture
def feeds(site: Replica) -> Replica:
    """A feed with two whole stories and an excerpt, and no other story in any feed or sitemap."""
    for path in DAWN.feeds:
        site.faults[path] = feed
    site.faults["/feeds/home"] = lambda: feed(
        item(7_100_001, LINE, whole=True), item(7_100_002, EXCERPT, whole=False), item(7_100_003, LINE, whole=True)
    )
    return site


def stored(news: News) -> list[tuple[Any, ...]]:
    return news.rows("SELECT story_id, completeness, extracted_by, excerpt FROM news.stories ORDER BY story_id")


WHOLE_AND_LISTED = [
    ("7100001", "full", "feed", LINE),
    ("7100002", "listed", "feed", EXCERPT),
    ("7100003", "full", "feed", LINE),
]


@pytest.mark.parametrize("answer", [CHALLENGE, FORBIDDEN], ids=["challenge", "403"])
def test_stories_from_feeds_are_stored_if_pages_are_blocked(news: News, feeds: Replica, answer: Answer) -> None:
    block(feeds, answer)
    blocked = "blocked by the site: pages; 3 stories stored from feeds"
    with pytest.raises(NewspaperRefusedError, match=f"^{blocked} .*; pages will be retried after 20"):
        run(latest("first"))
    assert stored(news) == WHOLE_AND_LISTED
    assert feeds.paths[: 1 + len(DAWN.feeds)] == ["/robots.txt", *DAWN.feeds], "feeds first"
    assert "/feeds/sitemap" in feeds.paths
    assert pages(feeds) == ["/"], "no other page after the refused one"
    [(outcome, reason, checks)] = news.rows("SELECT outcome, reason, checks FROM runs")
    assert outcome == "refused"
    assert reason.startswith(blocked)
    assert "crawl" in [check["name"] for check in checks if not check["passed"]]


def test_excerpts_are_stored_if_pages_are_blocked_halfway_through(news: News, feeds: Replica) -> None:
    feeds.faults["/news/7100002/harbour"] = lambda: CHALLENGE
    with pytest.raises(NewspaperRefusedError, match="3 stories stored from feeds"):
        run(latest("first"))
    assert set(WHOLE_AND_LISTED) <= set(stored(news))
    assert "/latest-news" in feeds.paths


def test_several_403_answers_in_a_row_mean_that_pages_are_blocked(news: News, site: Replica) -> None:
    serve = site.answer
    site.answer = lambda path: FORBIDDEN if path.startswith("/news/") else serve(path)  # type: ignore[method-assign]
    with pytest.raises(NewspaperRefusedError, match="blocked by the site: pages; "):
        run(latest("first"))
    assert len([path for path in site.paths if path.startswith("/news/")]) == 3


def test_a_blocked_feed_stops_the_whole_crawl(news: News, feeds: Replica) -> None:
    feeds.faults[DAWN.feeds[1]] = lambda: CHALLENGE
    with pytest.raises(NewspaperRefusedError, match="blocked by the site: 127"):
        run(latest("first"))
    assert len(feeds.paths) <= 4
    assert [row[0] for row in stored(news)] == ["7100001", "7100003"], "the stories of the feed before it"


def test_the_home_page_says_that_a_story_from_a_feed_is_an_editorial(news: News, feeds: Replica) -> None:
    number = edition_story(datetime.now(ZONE).date(), "editorial", 0).number
    feeds.faults["/feeds/home"] = lambda: feed(item(number, LINE, whole=True))
    run(latest("first"))
    assert news.rows("SELECT extracted_by FROM editorials WHERE story_id = %s", str(number)) == [("feed",)]
    assert news.rows("SELECT 1 FROM articles WHERE story_id = %s", str(number)) == []


# --- the pause after a refusal --------------------------------------------------------------------------------------


def later(news: News, **passed: float) -> None:
    """Moves all runs into the past."""
    shift = timedelta(**passed)
    news.rows("UPDATE runs SET started_at = started_at - %s, finished_at = finished_at - %s", shift, shift)


def refused(one: Run) -> str:
    with pytest.raises(NewspaperRefusedError) as error:
        run(one)
    return str(error.value)


def test_later_runs_store_from_feeds_and_request_no_pages(
    news: News, feeds: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    block(feeds)
    refused(latest("first"))
    feeds.requests.clear()
    feeds.faults["/feeds/home"] = lambda: feed(item(7_100_004, LINE, whole=True), item(7_100_002, EXCERPT, whole=False))
    run(latest("second"))
    assert pages(feeds) == []
    assert "/feeds/sitemap" in feeds.paths
    assert [row[0] for row in stored(news)] == ["7100001", "7100002", "7100003", "7100004"]
    [(outcome, reason, stats, checks)] = news.rows(
        "SELECT outcome, reason, stats, checks FROM runs ORDER BY started_at DESC LIMIT 1"
    )
    assert outcome == "complete"
    assert reason.startswith("blocked by the site: pages; 2 stories stored from feeds; pages will be retried after 20")
    assert reason in caplog.text
    [check] = [check for check in checks if check["name"] == "pages_paused"]
    assert (check["severity"], check["passed"]) == ("warning", False)
    assert datetime.fromisoformat(stats["akhbar/pages_paused_until"]) - datetime.now(UTC) < timedelta(hours=1)
    assert f"after {reason.partition(' after ')[2]}" in check["seen"]


def test_an_edition_during_the_pause_requests_nothing_and_names_the_time_of_the_next_try(
    news: News, feeds: Replica
) -> None:
    block(feeds)
    refused(latest("first"))
    feeds.requests.clear()
    message = refused(edition("second"))
    assert "blocked by the site: pages; pages will be retried after 20" in message
    assert refused(edition("second")).startswith("blocked by the site: pages; pages will be retried after 20")
    assert feeds.requests == []
    assert news.rows("SELECT outcome FROM runs ORDER BY started_at") == [("refused",), ("refused",)]


def test_pages_are_tried_again_after_1_2_4_and_up_to_24_hours(news: News, feeds: Replica) -> None:
    block(feeds)
    names = iter(f"run-{n}" for n in range(100))
    for number, hours in enumerate([1, 2, 4, 8, 16, 24, 24]):
        one = edition(next(names)) if number % 2 else latest(next(names))
        refused(one)
        feeds.requests.clear()
        later(news, hours=hours, minutes=-5)
        if hours in (1, 2, 24):
            run(latest(next(names)))
            assert pages(feeds) == [], f"{hours} hours have not passed"
        later(news, minutes=6)
    feeds.faults.pop("pages")
    run(latest(next(names)))
    assert "/latest-news" in pages(feeds)
    feeds.faults["pages"] = [CHALLENGE]
    refused(latest(next(names)))
    later(news, hours=1, minutes=1)
    feeds.requests.clear()
    refused(latest(next(names)))
    assert pages(feeds) == ["/"], "counted from the start"


def test_a_retried_run_counts_its_refusals(news: News, feeds: Replica) -> None:
    block(feeds)
    refused(edition("same"))
    later(news, hours=1, minutes=1)
    refused(edition("same"))
    later(news, hours=1, minutes=1)
    feeds.requests.clear()
    refused(edition("same"))
    assert feeds.requests == [], "the second refusal is followed by two hours"


def test_a_recheck_tries_pages_immediately(news: News, feeds: Replica) -> None:
    block(feeds)
    refused(latest("first"))
    feeds.faults.pop("pages")
    said = CliRunner().invoke(app, ["run", "dawn", "--edition", SMALL])
    assert isinstance(said.exception, NewspaperRefusedError)
    assert CliRunner().invoke(app, ["run", "dawn", "--edition", SMALL, "--recheck"]).exit_code == 0
    assert len(news.rows("SELECT 1 FROM news.stories WHERE edition_date = %s", SMALL)) == 5
    feeds.requests.clear()
    run(latest("second"))
    assert "/latest-news" in pages(feeds), "pages were fetched, so the pause is over"


def test_a_replay_of_blocked_pages_gives_the_stored_stories(news: News, feeds: Replica) -> None:
    from akhbar.replay.replay import Selection, replay

    block(feeds)
    refused(latest("first"))
    news.rows("DELETE FROM articles")
    replay(Selection("dawn"), os.environ["AKHBAR_DATABASE_URL"])
    assert stored(news) == WHOLE_AND_LISTED


# --- throttling -----------------------------------------------------------------------------------------------------


DAY = date(2026, 11, 20)
SECTIONS = ("front-page", "national", "business", "sport")
PRINTED_AT = datetime(2026, 11, 20, 4, 40, tzinfo=ZONE)


class Throttling(Replica):
    """An edition of 200 stories, on a site that answers 429 to 45 % of all requests, whatever the pace."""

    def __init__(self) -> None:
        super().__init__()
        self.random = random.Random(18)  # noqa: S311 - no secret
        self.throttled = 0

    def answer(self, path: str) -> Answer:
        if self.random.random() < 0.45:
            self.throttled += 1
            return Answer(429, b"slowly")
        section = path.split("/")[2] if path.startswith("/newspaper/") else ""
        if section in SECTIONS:
            return html(templates.get_template("section.html").render(stories=stories(section), section=section))
        if path.startswith("/news/"):
            number = int(path.split("/")[2])
            story = MadeUp(number, SECTIONS[number // 100 % 10], PRINTED_AT, DAY)
            return html(templates.get_template("story.html").render(story=story))
        return super().answer(path) if path == "/robots.txt" else Answer(404, b"")


def stories(section: str) -> list[MadeUp]:
    first = 7_200_000 + 100 * SECTIONS.index(section)
    return [MadeUp(first + n, section, PRINTED_AT, DAY) for n in range(50)]


def test_an_edition_of_200_stories_completes_on_a_site_that_throttles_45_percent(
    news: News, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site = Throttling()
    with served(site):
        monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        run(Run("dawn", "edition", DAY, "first"))
    expected = sorted(str(story.number) for section in SECTIONS for story in stories(section))
    full = news.rows("SELECT story_id FROM news.stories WHERE completeness = 'full' ORDER BY story_id")
    assert [number for (number,) in full] == expected
    [(outcome, stats)] = news.rows("SELECT outcome, stats FROM runs")
    assert outcome == "complete"
    assert stats["akhbar/throttled"] == site.throttled > 100
    assert stats["akhbar/throttled_seconds"] > 0
    read = Counter(path for _, path, _, _ in site.requests if path.startswith("/news/"))
    assert len(read) == 200
    assert f"throttled {site.throttled} times, waited " in caplog.text


def test_a_site_that_answers_only_429_counts_as_blocked(site: Replica) -> None:
    serve = site.answer
    site.answer = lambda path: Answer(429, b"") if path.startswith("/newspaper/") else serve(path)  # type: ignore[method-assign]
    with pytest.raises(NewspaperRefusedError, match="answered 429 to 3 pages in a row"):
        run(edition("first"))
    assert len({path for path in site.paths if path.startswith("/newspaper/")}) == 3


@pytest.mark.parametrize(
    ("seconds", "note"), [(0.4, "waited 0 s"), (59.4, "waited 59 s"), (61, "waited 1 min"), (725, "waited 12 min")]
)
def test_the_note_says_how_often_a_run_was_throttled_and_how_long_it_waited(seconds: float, note: str) -> None:
    assert throttling({"akhbar/throttled": 143, "akhbar/throttled_seconds": seconds}) == f"throttled 143 times, {note}"
    assert throttling({"akhbar/throttled": 0}) is None
