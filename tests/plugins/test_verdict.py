"""What counts as missing, and what as late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from akhbar.newspapers import newspaper

DAWN = newspaper("dawn")
DAY = date(2026, 11, 24)


def at(clock: str, day: date = DAY) -> datetime:
    """A time of a day in Karachi."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("Asia/Karachi"))


def editions(*stories: int, **last: Any) -> list[Any]:
    """The editions of the days until `DAY`, by how many stories each has; what differs in the last is given by name."""
    from newsroom.questions import Edition

    made = [
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
    return [Edition(**edition) for edition in [*made[:-1], made[-1] | last]]


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
    from newsroom.verdict import states

    assert list(states(editions(*stories), DAWN, at(clock)).values()) == expected


def test_a_first_edition_that_could_not_be_read_is_missing_all_the_same(airflow: None) -> None:
    from newsroom.verdict import states, why

    tried = editions(0, run_id=1, outcome="refused", reason="a challenge page")
    assert list(states(tried, DAWN, at("12:00")).values()) == ["missing"]
    assert why(tried[0]) == "The last run that tried ended as refused: a challenge page"


def test_an_edition_whose_listings_failed_is_not_complete(airflow: None) -> None:
    from newsroom.verdict import states

    assert states(editions(5, outcome="incomplete"), DAWN, at("12:00")) == {DAY: "partial"}


@pytest.mark.parametrize(
    ("last", "now", "late"),
    [
        (at("08:31"), at("12:00"), False),
        (at("08:31", DAY - timedelta(days=1)), at("08:45"), False),
        (at("08:31", DAY - timedelta(days=1)), at("09:15"), True),
        (None, at("09:15"), True),
    ],
)
def test_a_schedule_is_late_when_no_run_began_within_half_an_hour(
    airflow: None, last: datetime | None, now: datetime, late: bool
) -> None:
    from newsroom.verdict import timeliness

    found = timeliness("edition", DAWN.print_edition.schedule, last, DAWN, now.astimezone(UTC))
    assert found.late is late
    assert (found.due_at, found.next_at) == (
        (at("08:30"), at("08:30", DAY + timedelta(days=1)))
        if now > at("08:30")
        else (at("08:30", DAY - timedelta(days=1)), at("08:30"))
    )


def test_the_scale_of_the_chart_is_round_and_holds_the_highest_bar(airflow: None) -> None:
    from newsroom.charts import HEIGHT, bars
    from newsroom.questions import Day

    days = [Day(day=edition.edition_date, articles=3, editorials=n) for n, edition in enumerate(editions(*range(150)))]
    drawn = bars(days, editions(*range(150)), dict.fromkeys([day.day for day in days], "complete"))
    assert [stories for stories, _ in drawn.lines] == [0, 100, 200]
    assert all(bar.editorials_y >= 0 and bar.articles_y + bar.articles_height == HEIGHT for bar in drawn.bars)
    assert drawn.bars[-1].x + drawn.bars[-1].width <= 100
