"""The DAGs `<newspaper>_latest`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.conftest import News, RunDag
from tests.dags.schedules import next_run

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_dawns_latest_stories_are_due_every_half_hour(dags: "DagBag") -> None:
    run = next_run(dags.dags["dawn_latest"], datetime(2026, 11, 23, 10, 1, tzinfo=UTC))
    assert run.run_after == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def test_the_display_name_has_the_interval(dags: "DagBag") -> None:
    assert dags.dags["dawn_latest"].dag_display_name == "Dawn: latest, every 30 minutes"


def test_the_latest_stories_are_read(run_dag: RunDag, news_db: News) -> None:
    ended = run_dag("dawn_latest")
    assert ended.state == "success"
    assert news_db.stories()
    assert news_db.rows("SELECT mode, edition_date FROM runs") == [("latest", None)]
