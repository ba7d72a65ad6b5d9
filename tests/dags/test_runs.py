"""Whole runs of the DAGs, each task by Airflow's own runner, against the replica newspaper over HTTP."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from akhbar.local.postgres import Server
from tests.conftest import PASSWORD, News, fresh_news
from tests.dags.conftest import RunDag, dag_named
from tests.replica import PAGES, Answer, Replica, html, replica

EDITIONS = json.loads((PAGES / "editions.json").read_text())
CHALLENGE = html("<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>", 403)
LAHORE = "/newspaper/lahore/2016-01-22"
NOT_A_PAGE = Answer(200, b"\x00\x01", {"Content-Type": "application/octet-stream"})
"""An answer that fails at once: one that says 503 is waited for."""


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
class Left:
    """What a run left behind."""

    states: dict[str, str]
    run_id: str
    stories: dict[str, str]
    titles: list[str]
    runs: list[tuple[Any, ...]]
    handed_on: dict[str, Any]
    """What each task returned."""
    told: dict[tuple[str, str], Any]
    """What each task left for people, by task and key."""
    note: str
    asset_events: dict[str, Any]
    database_url: str
    """The tasks' own."""


@pytest.fixture(scope="module")
def edition(airflow: None, postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A run of `dawn_edition` that was triggered with a date, on empty tables."""
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
        return Left(
            states=states(ended),
            run_id=ended.run_id,
            stories=news.stories(),
            titles=[title for (title,) in news.rows("SELECT title FROM articles")],
            runs=news.rows("SELECT id, dag_id, dag_run_id, edition_date, outcome FROM runs"),
            handed_on={x.task_id: XComModel.deserialize_value(x) for x in left if x.key == "return_value"},
            told={(x.task_id, x.key): XComModel.deserialize_value(x) for x in left if x.key != "return_value"},
            note=note_of(ended),
            asset_events={event.asset.uri: event.extra for event in events},
            database_url=news.writer,
        )


def test_an_edition_that_is_asked_for_fills_both_tables(edition: Left) -> None:
    assert edition.states == dict.fromkeys(["scrape", "clean", "load", "check"], "success")
    assert edition.stories == expected("2016-01-22")


def test_a_run_is_found_again_from_its_row(edition: Left) -> None:
    ((_, *row),) = edition.runs
    assert row == ["dawn_edition", edition.run_id, date(2016, 1, 22), "complete"]


def test_tasks_hand_on_paths_and_counts_but_no_story(edition: Left) -> None:
    assert set(edition.handed_on) == {"scrape", "clean", "load", "check"}
    handed_on = json.dumps(edition.handed_on)
    assert not [title for title in edition.titles if title in handed_on]
    assert edition.handed_on["scrape"]["batch"] == edition.handed_on["load"]["batch"]


def test_tasks_hand_on_neither_the_password_nor_the_address_of_the_database(edition: Left) -> None:
    assert PASSWORD in edition.database_url
    for_all = json.dumps([edition.handed_on, list(edition.told.values()), edition.asset_events, edition.note])
    assert edition.handed_on["load"]["batch"] in for_all
    assert PASSWORD not in for_all
    assert edition.database_url.rpartition("@")[2] not in for_all


def test_the_assets_events_carry_the_counts(edition: Left) -> None:
    ((run_id, *_),) = edition.runs
    same = {"source": "dawn", "run_id": run_id, "updated": 0, "unchanged": 0}
    assert edition.asset_events == {
        "news.articles": {**same, "inserted": 15},
        "news.editorials": {**same, "inserted": 9},
    }


def test_a_run_leaves_a_line_of_what_it_stored(edition: Left) -> None:
    assert edition.note == "2016-01-22: 15 articles, 9 editorials, 0 rejected, 0 changed; coverage 100 %"


def test_a_crawl_tells_its_statistics(edition: Left) -> None:
    statistics = edition.told["scrape", "statistics"]
    assert statistics["outcome"] == "complete"
    assert sum(statistics["answers by HTTP status"].values()) == statistics["requests"]
    assert statistics["stories"]["fetched"] == len(edition.stories)


def test_tasks_lead_to_their_batch_and_their_stories_in_the_newsroom(edition: Left) -> None:
    ((run_id, *_),) = edition.runs
    assert parse_qs(urlsplit(edition.told["scrape", "_link_BatchLink"]).query) == {"dag_run_id": [edition.run_id]}
    assert urlsplit(edition.told["load", "_link_RowsLink"])[2:4] == ("/newsroom/dawn/stories", f"run={run_id}")


def test_a_scheduled_run_reads_the_edition_of_its_date(run_dag: RunDag, news_db: News) -> None:
    ended = run_dag("dawn_edition", logical_date=datetime(2025, 3, 29, 3, 30, tzinfo=UTC))
    assert ended.state == "success"
    assert news_db.rows("SELECT edition_date, outcome FROM runs") == [(date(2025, 3, 29), "complete")]
    assert expected("2025-03-29").items() <= news_db.stories().items()


def test_the_latest_stories_are_read(run_dag: RunDag, news_db: News) -> None:
    ended = run_dag("dawn_latest")
    assert ended.state == "success"
    assert news_db.stories()
    assert news_db.rows("SELECT mode, edition_date FROM runs") == [("latest", None)]


def test_a_crawl_that_failed_turns_red_and_stores_what_it_fetched(
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


def test_a_crawl_that_is_tried_again_fetches_only_what_is_missing(
    run_dag: RunDag, site: Replica, news_db: News
) -> None:
    site.faults[LAHORE] = [NOT_A_PAGE]
    ended = run_dag("dawn_edition", retries=1, run_conf={"edition": "2016-01-22"})
    assert ended.state == "success"
    assert ended.get_task_instance("scrape").try_number == 2
    assert news_db.stories() == expected("2016-01-22")
    read = [path for path in site.paths if path.startswith("/news/1234501")]
    assert len(read) == 1
    assert news_db.rows("SELECT outcome FROM runs") == [("complete",)]


def test_a_newspaper_that_refuses_is_not_tried_again(
    run_dag: RunDag, site: Replica, news_db: News, capfd: pytest.CaptureFixture[str]
) -> None:
    site.faults["/newspaper/front-page/2016-01-22"] = lambda: CHALLENGE
    ended = run_dag("dawn_edition", retries=1, run_conf={"edition": "2016-01-22"})
    scraped = ended.get_task_instance("scrape")
    assert (str(scraped.state), scraped.try_number) == ("failed", 1)
    assert news_db.stories() == {}
    assert "refused" in capfd.readouterr().out


def test_a_setting_that_cannot_be_used_is_told_at_once_and_not_tried_again(
    run_dag: RunDag, site: Replica, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AKHBAR_TIMEOUT", "soon")
    ended = run_dag("dawn_edition", retries=1, run_conf={"edition": "2016-01-22"})
    scraped = ended.get_task_instance("scrape")
    assert (str(scraped.state), scraped.try_number) == ("failed", 1)
    assert "AKHBAR_TIMEOUT is 'soon': it must be a number of seconds" in capfd.readouterr().out
    assert site.paths == []


def test_an_edition_without_a_single_story_fails_and_says_so(
    run_dag: RunDag, capfd: pytest.CaptureFixture[str]
) -> None:
    ended = run_dag("dawn_edition", run_conf={"edition": "2014-05-05"})
    assert states(ended)["scrape"] == "failed"
    assert ended.state == "failed"
    assert "no listing names a single story" in capfd.readouterr().out


def test_the_replay_dag_fills_emptied_tables_with_the_site_down(run_dag: RunDag, news_db: News, site: Replica) -> None:
    run_dag("dawn_edition", run_conf={"edition": "2026-06-19"})
    hashes = news_db.rows("SELECT story_id, content_hash FROM stories ORDER BY story_id")
    news_db.rows("TRUNCATE articles, editorials")
    site.requests.clear()
    assert states(run_dag("replay", run_conf={"newspaper": "dawn", "from": "2026-06-19"})) == {"replay": "success"}
    assert len(hashes) == 5
    assert news_db.rows("SELECT story_id, content_hash FROM stories ORDER BY story_id") == hashes
    assert site.requests == []
    failed = run_dag("replay", run_conf={"newspaper": "dawn", "to": "2001-01-01"})
    assert states(failed) == {"replay": "failed"}
