"""The DAGs `<newspaper>_edition`: schedule, deadline and parameters."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from akhbar.newspaper import Newspaper
from akhbar.newspapers import declared
from tests.conftest import RunDag
from tests.dags.schedules import next_run
from tests.replica import Replica

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_dawns_edition_is_due_at_half_past_eight_in_karachi(dags: "DagBag") -> None:
    run = next_run(dags.dags["dawn_edition"], datetime(2026, 11, 23, tzinfo=UTC))
    assert run.run_after == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)


def test_the_display_name_has_the_time_of_day_in_karachi(dags: "DagBag") -> None:
    assert dags.dags["dawn_edition"].dag_display_name == "Dawn: edition, 08:30 Karachi"


@pytest.mark.parametrize("paper", [pytest.param(paper, id=paper.name) for paper in declared() if paper.edition])
def test_the_deadline_is_the_newspapers_own(dags: "DagBag", paper: Newspaper) -> None:
    deadlines: Any = dags.dags[f"{paper.name}_edition"].deadline
    (deadline,) = deadlines
    assert deadline.interval == paper.edition_due_after
    assert deadline.callback.path == "akhbar.airflow.notifications.check_and_notify"


@pytest.mark.parametrize("words", ["yesterday", "22.1.2016", "2016-02-30"])
def test_an_edition_that_is_not_a_date_is_refused_before_the_run(dags: "DagBag", words: str) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        dags.dags["dawn_edition"].params.get_param("edition").resolve(value=words)


def test_a_future_edition_is_refused_in_one_line_and_nothing_is_fetched(
    run_dag: RunDag, site: Replica, capfd: pytest.CaptureFixture[str]
) -> None:
    more = {"sections": "../..", "base_url": "http://[::1]"}
    ended = run_dag("dawn_edition", run_conf={"edition": "2999-01-01", **more})
    assert ended.state == "failed"
    assert site.paths == []
    assert "edition 2999-01-01 is in the future: choose today's date or an earlier one" in capfd.readouterr().out
