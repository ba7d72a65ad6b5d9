"""Complete runs of `dawn_edition` by Airflow's own task runner, against the replica newspaper over HTTP."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil  # type: ignore[import-untyped]
import pytest

from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from tests.conftest import PASSWORD, News, RunDag, dag_named, fresh_news
from tests.replica import PAGES, Answer, Replica, html, replica

EDITIONS = json.loads((PAGES / "editions.json").read_text())
CHALLENGE = html("<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>", 403)
FRONT_PAGE = "/newspaper/front-page/2016-01-22"
LAHORE = "/newspaper/lahore/2016-01-22"
NOT_A_PAGE = Answer(200, b"\x00\x01", {"Content-Type": "application/octet-stream"})
"""A response that fails at once. A 503 would be retried after a delay."""


def states(dag_run: Any) -> dict[str, str]:
    return {task.task_id: str(task.state) for task in dag_run.get_task_instances()}


def note_of(dag_run: Any) -> str:
    """The note that Airflow shows with a run; empty if it has none."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        return session.query(DagRun).filter(DagRun.run_id == dag_run.run_id).one().note or ""


def expected(edition: str) -> dict[str, str]:
    """The stories that an edition must leave, and their kinds."""
    numbers = EDITIONS[edition]
    return dict.fromkeys(numbers["articles"], "article") | dict.fromkeys(numbers["editorials"], "editorial")


@dataclass
class Finished:
    """A finished run and what it left behind."""

    states: dict[str, str]
    run_id: str
    stories: dict[str, str]
    titles: list[str]
    runs: list[tuple[Any, ...]]
    returned: dict[str, Any]
    """Each task's return value."""
    xcoms: dict[tuple[str, str], Any]
    """The other XComs, by task and key."""
    note: str
    asset_events: dict[str, Any]
    database_url: str
    """The URL the tasks used."""


@pytest.fixture(scope="module")
def edition(airflow: None, postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A run of `dawn_edition`, triggered with a date, on empty tables."""
    from airflow.models.asset import AssetEvent
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    news = fresh_news(postgres)
    with replica() as site, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_CONN_NEWS_DB", news.writer)
        patch.setenv("AKHBAR_DAWN_BASE_URL", site.url)
        patch.setenv("AKHBAR_ARCHIVE", str(tmp_path_factory.mktemp("archive")))
        ended = dag_named("dawn_edition").test(run_conf={"edition": "2016-01-22"})
    with create_session() as session:
        left = session.query(XComModel).filter(XComModel.run_id == ended.run_id).all()
        events = session.query(AssetEvent).filter(AssetEvent.source_run_id == ended.run_id)
        return Finished(
            states=states(ended),
            run_id=ended.run_id,
            stories=news.stories(),
            titles=[title for (title,) in news.rows("SELECT title FROM articles")],
            runs=news.rows("SELECT id, dag_id, dag_run_id, edition_date, outcome FROM runs"),
            returned={x.task_id: XComModel.deserialize_value(x) for x in left if x.key == "return_value"},
            xcoms={(x.task_id, x.key): XComModel.deserialize_value(x) for x in left if x.key != "return_value"},
            note=note_of(ended),
            asset_events={event.asset.uri: event.extra for event in events},
            database_url=news.writer,
        )


def test_a_run_triggered_with_a_date_fills_both_tables(edition: Finished) -> None:
    assert edition.states == dict.fromkeys(["scrape", "clean", "load", "check"], "success")
    assert edition.stories == expected("2016-01-22")


def test_the_row_of_a_run_names_its_dag_run(edition: Finished) -> None:
    ((_, *row),) = edition.runs
    assert row == ["dawn_edition", edition.run_id, date(2016, 1, 22), "complete"]


def test_tasks_return_paths_and_counts_but_no_stories(edition: Finished) -> None:
    assert set(edition.returned) == {"scrape", "clean", "load", "check"}
    returned = json.dumps(edition.returned)
    assert not [title for title in edition.titles if title in returned]
    assert edition.returned["scrape"]["batch"] == edition.returned["load"]["batch"]


def test_tasks_publish_neither_the_password_nor_the_address_of_the_database(edition: Finished) -> None:
    assert PASSWORD in edition.database_url
    public = json.dumps([edition.returned, list(edition.xcoms.values()), edition.asset_events, edition.note])
    assert edition.returned["load"]["batch"] in public
    assert PASSWORD not in public
    assert edition.database_url.rpartition("@")[2] not in public


def test_the_asset_events_carry_the_counts(edition: Finished) -> None:
    ((run_id, *_),) = edition.runs
    same = {"source": "dawn", "run_id": run_id, "updated": 0, "unchanged": 0}
    assert edition.asset_events == {
        "news.articles": {**same, "inserted": 15},
        "news.editorials": {**same, "inserted": 9},
    }


def test_the_note_of_a_run_says_what_was_stored(edition: Finished) -> None:
    assert edition.note == "2016-01-22: 15 articles, 9 editorials, 0 rejected, 0 changed; coverage 100%"


def test_a_crawl_publishes_its_statistics(edition: Finished) -> None:
    statistics = edition.xcoms["scrape", "statistics"]
    assert statistics["outcome"] == "complete"
    assert sum(statistics["responses by HTTP status"].values()) == statistics["requests"]
    assert statistics["stories"]["fetched"] == len(edition.stories)


def test_tasks_link_to_their_run_and_their_stories_in_the_newsroom(edition: Finished) -> None:
    ((run_id, *_),) = edition.runs
    assert parse_qs(urlsplit(edition.xcoms["scrape", "_link_BatchLink"]).query) == {"dag_run_id": [edition.run_id]}
    assert urlsplit(edition.xcoms["load", "_link_RowsLink"])[2:4] == ("/newsroom/dawn/stories", f"run={run_id}")


def test_a_scheduled_run_reads_the_edition_of_its_date(run_dag: RunDag, news_db: News) -> None:
    ended = run_dag("dawn_edition", logical_date=datetime(2025, 3, 29, 3, 30, tzinfo=UTC))
    assert ended.state == "success"
    assert news_db.rows("SELECT edition_date, outcome FROM runs") == [(date(2025, 3, 29), "complete")]
    assert expected("2025-03-29").items() <= news_db.stories().items()


def test_a_failed_crawl_turns_red_and_stores_what_it_fetched(
    run_dag: RunDag, site: Replica, news_db: News, capfd: pytest.CaptureFixture[str]
) -> None:
    site.faults[LAHORE] = lambda: NOT_A_PAGE
    ended = run_dag("dawn_edition", run_conf={"edition": "2016-01-22"})
    assert states(ended) == {"scrape": "failed", "clean": "success", "load": "success", "check": "failed"}
    assert news_db.stories()
    ((outcome, reason),) = news_db.rows("SELECT outcome, reason FROM runs")
    assert outcome == "incomplete"
    assert LAHORE in reason
    assert reason in capfd.readouterr().out
    assert f"; incomplete: {reason}; failed checks: " in note_of(ended)


def test_a_retried_crawl_fetches_only_what_is_missing(run_dag: RunDag, site: Replica, news_db: News) -> None:
    site.faults[LAHORE] = [NOT_A_PAGE]
    ended = run_dag("dawn_edition", retries=1, run_conf={"edition": "2016-01-22"})
    assert ended.state == "success"
    assert ended.get_task_instance("scrape").try_number == 2
    assert news_db.stories() == expected("2016-01-22")
    read = [path for path in site.paths if path.startswith("/news/1234501")]
    assert len(read) == 1
    assert news_db.rows("SELECT outcome FROM runs") == [("complete",)]


def test_a_crawl_that_the_site_blocks_is_not_retried(
    run_dag: RunDag, site: Replica, news_db: News, capfd: pytest.CaptureFixture[str]
) -> None:
    site.faults["/newspaper/front-page/2016-01-22"] = lambda: CHALLENGE
    ended = run_dag("dawn_edition", retries=1, run_conf={"edition": "2016-01-22"})
    scraped = ended.get_task_instance("scrape")
    assert (str(scraped.state), scraped.try_number) == ("failed", 1)
    assert news_db.stories() == {}
    assert "blocked by the site" in capfd.readouterr().out


def test_an_invalid_setting_fails_at_once_and_is_not_retried(
    run_dag: RunDag, site: Replica, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKHBAR_TIMEOUT", "soon")
    ended = run_dag("dawn_edition", retries=1, run_conf={"edition": "2016-01-22"})
    scraped = ended.get_task_instance("scrape")
    assert (str(scraped.state), scraped.try_number) == ("failed", 1)
    assert "AKHBAR_TIMEOUT is 'soon': it must be a number of seconds" in capfd.readouterr().out
    assert site.paths == []


def test_an_edition_without_stories_fails_and_says_so(run_dag: RunDag, capfd: pytest.CaptureFixture[str]) -> None:
    ended = run_dag("dawn_edition", run_conf={"edition": "2014-05-05"})
    assert states(ended)["scrape"] == "failed"
    assert ended.state == "failed"
    assert "no listing contains any stories" in capfd.readouterr().out


RUN = f"""
from airflow.dag_processing.dagbag import DagBag
DagBag("{ROOT / "dags"}").dags["dawn_edition"].test(run_conf={{"edition": "2016-01-22"}})
"""
LONGEST = 60
"""Seconds. A crawl that is not stopped takes several times as long."""


def test_a_crawl_ends_when_its_task_is_killed(
    airflow: None, here: Path, news: News, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_DELAY", "2")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    started = Event()

    def front_page() -> Answer:
        started.set()
        del site.faults[FRONT_PAGE]
        return site.answer(FRONT_PAGE)

    site.faults[FRONT_PAGE] = front_page
    task = subprocess.Popen([sys.executable, "-c", RUN])
    assert started.wait(LONGEST)
    crawls = psutil.Process(task.pid).children(recursive=True)
    assert crawls
    task.kill()
    task.wait()
    _, left = psutil.wait_procs(crawls, timeout=LONGEST)
    assert left == []
    assert len(site.paths) < 10, "the crawl ran to its end"
