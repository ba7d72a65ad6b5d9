"""A run's note, and its metrics as a StatsD server receives them over UDP."""

import socket
from datetime import date
from typing import Any

import pytest

from akhbar.run import Run
from tests.conftest import News, RunDag


def test_a_run_sends_its_metrics_to_airflows_statsd_server(
    run_dag: RunDag, news_db: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "True")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "127.0.0.1")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_PORT", str(server.getsockname()[1]))
        from airflow.sdk._shared.observability.metrics import stats
        from airflow.sdk.observability.metrics import stats_utils

        stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
        try:
            assert run_dag("dawn_edition", run_conf={"edition": "2016-01-22"}).state == "success"
            assert run_dag("watch").state == "success"
        finally:
            monkeypatch.undo()
            stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=True)
        received = {}
        while True:
            try:
                name, _, value = server.recv(65536).decode().partition(":")
            except BlockingIOError:
                break
            received[name] = value
    prefix = "airflow.akhbar.dawn"
    articles = news_db.rows("SELECT count(*) FROM articles")[0][0]
    answered = news_db.rows("SELECT (stats ->> 'downloader/response_status_count/200')::int FROM runs")[0][0]
    assert received[f"{prefix}.edition.articles.inserted"] == f"{articles}|c"
    assert received[f"{prefix}.edition.requests.200"] == f"{answered}|c"
    assert received[f"{prefix}.edition.coverage"] == "1.0|g"
    assert received[f"{prefix}.edition.rejects"] == "0|c"
    assert received[f"{prefix}.edition.crawl.duration"].endswith("|ms")
    assert received[f"{prefix}.newest_story_age"].endswith("|g")
    assert received[f"{prefix}.last_load_age"].endswith("|g")


COUNTS: dict[str, Any] = {
    "articles": {"inserted": 3, "updated": 2, "unchanged": 10},
    "editorials": {"inserted": 1, "updated": 0, "unchanged": 2},
    "rejected": 4,
    "coverage": 0.957,
}


def test_the_note_of_an_edition_counts_all_of_its_stories(airflow: None) -> None:
    from akhbar.airflow.run_notes import load_note

    run = Run("dawn", "edition", date(2016, 1, 22), "edition-2016-01-22")
    assert load_note(run, COUNTS) == "2016-01-22: 15 articles, 3 editorials, 4 rejected, 2 changed; coverage 95%"


def test_the_note_of_the_latest_stories_counts_the_new_ones(airflow: None) -> None:
    from akhbar.airflow.run_notes import load_note

    run = Run("dawn", "latest", None, "latest")
    assert load_note(run, COUNTS) == "latest: 3 new articles, 1 new editorials, 4 rejected, 2 changed; coverage 95%"


@pytest.mark.parametrize(
    ("manifest", "note"),
    [
        ({"outcome": "complete", "reason": None, "stats": {}}, ""),
        ({"outcome": "incomplete", "reason": "1 listing failed", "stats": {}}, "incomplete: 1 listing failed"),
        (
            {"outcome": "refused", "reason": "blocked by the site: pages", "stats": {"akhbar/throttled": 0}},
            "blocked by the site: pages",
        ),
        (
            {
                "outcome": "complete",
                "reason": None,
                "stats": {"akhbar/throttled": 143, "akhbar/throttled_seconds": 725.4},
            },
            "throttled 143 times, waited 12 min",
        ),
    ],
)
def test_the_note_says_how_a_crawl_ended_and_how_often_it_was_throttled(
    airflow: None, manifest: dict[str, Any], note: str
) -> None:
    from akhbar.airflow.run_notes import crawl_note

    assert crawl_note(manifest) == note
