"""What the four tasks share: which edition a DAG run reads, and how a task is stopped."""

import signal
from datetime import UTC, date, datetime

import pytest

from akhbar.newspapers import newspaper

DAWN = newspaper("dawn")


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
    from akhbar.airflow.tasks import edition_date

    assert edition_date({"edition": None}, run_at, DAWN) == edition


def test_the_parameter_overrides_the_date_of_the_run(airflow: None) -> None:
    from akhbar.airflow.tasks import edition_date

    run_at = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    assert edition_date({"edition": "2016-01-22"}, run_at, DAWN) == date(2016, 1, 22)


def test_a_task_that_airflow_ends_stops_at_once_and_says_what_to_do(airflow: None) -> None:
    from akhbar.airflow.tasks import TaskStoppedError, stoppable

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(TaskStoppedError, match="clear the task to continue"), stoppable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
