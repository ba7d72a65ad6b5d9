"""DAG names with the newspaper's local time."""

import pytest

from akhbar.airflow.display_names import display_name, schedule_text


@pytest.mark.parametrize(
    ("cron", "timezone", "text"),
    [
        ("30 8 * * *", "Asia/Karachi", "08:30 Karachi"),
        ("0 0 * * *", "Asia/Kolkata", "00:00 Kolkata"),
        ("5 23 * * *", "America/New_York", "23:05 New York"),
        ("0 6 * * *", "America/Argentina/Buenos_Aires", "06:00 Buenos Aires"),
        ("0 3 * * *", "UTC", "03:00 UTC"),
    ],
)
def test_a_daily_schedule_is_a_time_of_day_and_a_city(cron: str, timezone: str, text: str) -> None:
    assert schedule_text(cron, timezone) == text


@pytest.mark.parametrize(
    ("cron", "text"),
    [
        ("*/30 * * * *", "every 30 minutes"),
        ("*/5 * * * *", "every 5 minutes"),
        ("*/1 * * * *", "every minute"),
    ],
)
def test_a_schedule_in_minutes_is_an_interval(cron: str, text: str) -> None:
    assert schedule_text(cron, "Asia/Karachi") == text


@pytest.mark.parametrize("cron", ["0 6 * * 1-6", "0 */2 * * *", "0 6,18 * * *", "0 3 1 * *", "@daily"])
def test_any_other_schedule_is_shown_as_its_cron_expression_with_the_city(cron: str) -> None:
    assert schedule_text(cron, "Asia/Karachi") == f"{cron} Karachi"


def test_a_display_name_is_the_publisher_the_mode_and_the_schedule() -> None:
    assert display_name("Dawn", "edition", "30 8 * * *", "Asia/Karachi") == "Dawn: edition, 08:30 Karachi"
    assert display_name("Dawn", "latest", "*/30 * * * *", "Asia/Karachi") == "Dawn: latest, every 30 minutes"
