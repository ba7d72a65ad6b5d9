"""Which edition a run reads: the date of the run in the newspaper's own zone, unless another is asked for."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from akhbar.newspapers import newspaper

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

DAWN = newspaper("dawn")


def due_after(dags: "DagBag", dag_id: str, instant: datetime) -> Any:
    """The first run of a DAG that is due after an instant."""
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables.base import TimeRestriction
    from pendulum import instance

    timetable = coerce_to_core_timetable(dags.dags[dag_id].timetable)
    restriction = TimeRestriction(earliest=instance(instant), latest=None, catchup=True)
    return timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)


def test_the_edition_is_due_at_half_past_eight_in_karachi(dags: "DagBag") -> None:
    run = due_after(dags, "dawn_edition", datetime(2026, 11, 23, tzinfo=UTC))
    assert run.run_after == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)


def test_the_latest_stories_are_due_every_half_hour(dags: "DagBag") -> None:
    run = due_after(dags, "dawn_latest", datetime(2026, 11, 23, 10, 1, tzinfo=UTC))
    assert run.run_after == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("run_at", "edition"),
    [
        pytest.param(datetime(2026, 11, 23, 3, 30, tzinfo=UTC), date(2026, 11, 23), id="the morning's run"),
        pytest.param(datetime(2026, 11, 22, 18, 59, tzinfo=UTC), date(2026, 11, 22), id="before midnight in Karachi"),
        pytest.param(datetime(2026, 11, 22, 19, 0, tzinfo=UTC), date(2026, 11, 23), id="after midnight in Karachi"),
        pytest.param(datetime(2016, 2, 29, 3, 30, tzinfo=UTC), date(2016, 2, 29), id="a leap day"),
    ],
)
def test_a_run_reads_the_edition_of_its_own_date_in_karachi(airflow: None, run_at: datetime, edition: date) -> None:
    from akhbar.airflow.tasks import edition_of

    assert edition_of({"edition": None}, run_at, DAWN) == edition


def test_an_edition_that_is_asked_for_is_read(airflow: None) -> None:
    from akhbar.airflow.tasks import edition_of

    run_at = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    assert edition_of({"edition": "2016-01-22"}, run_at, DAWN) == date(2016, 1, 22)


@pytest.mark.parametrize("words", ["yesterday", "22.1.2016", "2016-02-30"])
def test_an_edition_that_is_no_date_is_refused_before_the_run(dags: "DagBag", words: str) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError):
        dags.dags["dawn_edition"].params.get_param("edition").resolve(value=words)
