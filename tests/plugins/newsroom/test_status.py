"""What counts as missing, and what counts as late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from akhbar.newspapers import newspaper

DAWN = newspaper("dawn")
DAY = date(2026, 11, 24)


def at(clock: str, day: date = DAY) -> datetime:
    """A time of day in Karachi."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Asia/Karachi"))


def editions(*stories: int, **last: Any) -> list[Any]:
    """One edition per day up to `DAY`, with these numbers of stories; `last` overrides fields of the last one."""
    from newsroom.queries import Edition

    days = [
        {
            "edition_date": DAY - timedelta(days=len(stories) - 1 - number),
            "articles": count,
            "editorials": 0,
            "run_id": number + 1 if count else None,
            "outcome": "complete" if count else None,
            "reason": None,
            "coverage": None,
        }
        for number, count in enumerate(stories)
    ]
    return [Edition(**edition) for edition in [*days[:-1], days[-1] | last]]


@pytest.mark.parametrize(
    ("stories", "clock", "expected"),
    [
        ([5, 0, 5], "12:00", ["complete", "missing", "complete"]),
        ([0, 0, 5], "12:00", ["unread", "unread", "complete"]),
        ([5, 5, 0], "07:00", ["complete", "complete", "due"]),
        ([5, 5, 0], "08:45", ["complete", "complete", "due"]),
        ([5, 5, 0], "09:15", ["complete", "complete", "missing"]),
    ],
)
def test_an_edition_is_missing_once_it_is_due_and_an_earlier_one_is_stored(
    airflow: None, stories: list[int], clock: str, expected: list[str]
) -> None:
    from newsroom.status import edition_states

    assert list(edition_states(editions(*stories), DAWN, at(clock)).values()) == expected


def test_a_first_edition_that_could_not_be_read_is_missing_too(airflow: None) -> None:
    from newsroom.status import edition_states, explain

    tried = editions(0, run_id=1, outcome="refused", reason="a challenge page")
    assert list(edition_states(tried, DAWN, at("12:00")).values()) == ["missing"]
    assert explain(tried[0]) == "Last run: blocked, a challenge page"


@pytest.mark.parametrize(("clock", "state"), [("07:00", "due"), ("09:15", "missing")])
def test_stories_that_a_latest_run_stored_do_not_hide_a_missing_edition(airflow: None, clock: str, state: str) -> None:
    from newsroom.status import edition_states

    found = edition_states(editions(5, 5, 3, run_id=None, outcome=None), DAWN, at(clock))
    assert list(found.values()) == ["complete", "complete", state]


def test_an_edition_with_failed_listings_is_partial(airflow: None) -> None:
    from newsroom.status import edition_states

    assert edition_states(editions(5, outcome="incomplete"), DAWN, at("12:00")) == {DAY: "partial"}


@pytest.mark.parametrize(
    ("last", "now", "late"),
    [
        (at("08:31"), at("12:00"), False),
        (at("08:31", DAY - timedelta(days=1)), at("08:45"), False),
        (at("08:31", DAY - timedelta(days=1)), at("09:15"), True),
        (None, at("09:15"), True),
    ],
)
def test_a_schedule_is_late_if_no_run_starts_within_half_an_hour(
    airflow: None, last: datetime | None, now: datetime, late: bool
) -> None:
    from newsroom.status import timeliness

    found = timeliness("edition", DAWN.print_edition.schedule, last, DAWN, now.astimezone(UTC))
    assert found.late is late
    assert (found.due_at, found.next_at) == (
        (at("08:30"), at("08:30", DAY + timedelta(days=1)))
        if now > at("08:30")
        else (at("08:30", DAY - timedelta(days=1)), at("08:30"))
    )
