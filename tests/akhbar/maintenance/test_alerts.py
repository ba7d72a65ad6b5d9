"""Alerts to the operator: one when a problem appears, and one when it is resolved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from akhbar.maintenance.alerts import update_alerts
from akhbar.newspapers import newspaper
from akhbar.steps.check import ChecksFailedError, check_run
from akhbar.steps.load import load_batch
from tests.akhbar.batches import FIRST_RUN, batch, editorial, story
from tests.conftest import News

TEN = datetime(2026, 11, 21, 5, tzinfo=UTC)
"""Ten o'clock in Karachi, on the day after the first run."""
MINUTE = timedelta(minutes=1)


@pytest.fixture
def alerts(news: News) -> Callable[[datetime], list[str]]:
    """The messages that a check at an instant sends."""

    def check(now: datetime) -> list[str]:
        messages: list[str] = []

        def deliver(message: str) -> bool:
            messages.append(message)
            return True

        update_alerts(news.writer, deliver, now)
        return messages

    return check


@pytest.fixture
def ran(news: News, tmp_path: Path) -> Callable[..., None]:
    """Loads and checks a run that ended at an instant."""

    def run(ended: datetime, stories: list[dict[str, Any]] | None = None, **manifest: Any) -> None:
        name = f"run{ended:%d%H%M}"
        hours = (ended - FIRST_RUN) / timedelta(hours=1)
        folder = batch(tmp_path, name, stories or [story(1), editorial(2)], hours=hours, **manifest)
        load_batch(folder, news.writer)
        with suppress(ChecksFailedError):
            check_run(folder, news.writer)
        news.rows("UPDATE runs SET loaded_at = %s WHERE batch = %s", ended, f"dawn/{name}")

    return run


Alerts = Callable[[datetime], list[str]]
Ran = Callable[..., None]


def test_before_the_first_run_there_are_no_alerts(alerts: Alerts) -> None:
    assert alerts(TEN) == []


def test_an_edition_is_missing_from_its_due_time_until_it_is_stored(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    assert alerts(TEN - MINUTE) == []
    (message,) = alerts(TEN)
    assert message.startswith(
        "Dawn: the edition of 2026-11-21 was not stored by 10:00 Asia/Karachi: no run was started."
    )
    assert alerts(TEN + MINUTE) == []
    ran(TEN + 2 * MINUTE, edition="2026-11-21")
    assert alerts(TEN + 3 * MINUTE) == [f"Resolved, open since 2026-11-21 at 05:00 UTC: {message}"]
    assert alerts(TEN + 4 * MINUTE) == []


def test_a_run_that_stored_nothing_does_not_count_as_the_edition(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    reason = "edition 2026-11-21: no listing contains any stories"
    ran(TEN - MINUTE, [], listed=[], edition="2026-11-21", outcome="empty", reason=reason)
    assert any(f"the outcome of its last run is empty ({reason})" in message for message in alerts(TEN))


def test_a_missing_edition_stays_open_when_the_next_one_comes(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    (first,) = alerts(TEN)
    ran(TEN + timedelta(hours=23), edition="2026-11-22")
    assert alerts(TEN + timedelta(days=1)) == []
    ran(TEN + timedelta(days=1, hours=1), edition="2026-11-21")
    (message,) = alerts(TEN + timedelta(days=1, hours=2))
    assert message.startswith("Resolved")
    assert message.endswith(first)


def test_a_day_without_an_edition_is_resolved_when_the_next_one_is_stored(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    nothing = {"outcome": "empty", "reason": "edition 2026-11-21: no listing contains any stories"}
    ran(TEN - MINUTE, [], listed=[], edition="2026-11-21", **nothing)
    messages = [message for message in alerts(TEN) if "was not stored by" in message]
    assert [message for message in alerts(TEN + timedelta(hours=12)) if "was not stored" in message] == []
    ran(TEN + timedelta(hours=23), edition="2026-11-22")
    resolved = [message for message in alerts(TEN + timedelta(days=1)) if "was not stored" in message]
    assert resolved == [f"Resolved, open since 2026-11-21 at 05:00 UTC: {messages[0]}"]


def test_a_missing_edition_is_resolved_when_the_owner_enters_that_none_appeared(
    news: News, alerts: Alerts, ran: Ran
) -> None:
    ran(FIRST_RUN)
    (message,) = alerts(TEN)
    news.rows("INSERT INTO no_paper_days VALUES ('dawn', '2026-11-21', 'Eid al-Fitr')")
    assert alerts(TEN + MINUTE) == [f"Resolved, open since 2026-11-21 at 05:00 UTC: {message}"]


def test_an_old_edition_read_by_hand_makes_no_later_one_missing(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN, [story(1, edition_date="2016-01-22")], edition="2016-01-22")
    assert [message for message in alerts(TEN) if "was not stored" in message] == []


def test_the_latest_stories_are_stale_after_three_hours_without_a_run(alerts: Alerts, ran: Ran) -> None:
    began = datetime(2026, 11, 20, 8, tzinfo=UTC)
    ran(began, mode="latest", edition=None)
    alerts(began)
    assert alerts(began + timedelta(hours=3)) == []
    (message,) = alerts(began + timedelta(hours=3, minutes=1))
    assert message.startswith(
        "Dawn: no latest stories have been stored for 3 hours (last stored: 2026-11-20 at 13:00)."
    )
    assert alerts(began + timedelta(hours=4)) == []
    ran(began + timedelta(hours=5), mode="latest", edition=None)
    assert [message.split(":")[0] for message in alerts(began + timedelta(hours=5))] == [
        "Resolved, open since 2026-11-20 at 11"
    ]


def test_a_site_that_blocks_several_runs_is_one_problem(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    for hour in (1, 2):
        ran(
            FIRST_RUN + timedelta(hours=hour),
            [],
            mode="latest",
            edition=None,
            outcome="refused",
            reason="a challenge page",
        )
        messages = alerts(FIRST_RUN + timedelta(hours=hour))
        assert [m.startswith("Dawn blocks the crawler: a challenge page.") for m in messages] == [True] * (2 - hour)
    ran(FIRST_RUN + timedelta(hours=2, minutes=30), mode="latest", edition=None)
    (message,) = alerts(FIRST_RUN + timedelta(hours=2, minutes=31))
    assert message.startswith("Resolved")


def test_a_run_without_a_contact_address_does_not_say_that_the_site_blocks_the_crawler(
    alerts: Alerts, ran: Ran
) -> None:
    reason = "AKHBAR_CONTACT is not set: set it to a contact address, which crawling the live site requires"
    ran(FIRST_RUN, [], mode="latest", edition=None, outcome="refused", reason=reason)
    assert [message for message in alerts(FIRST_RUN) if "blocks the crawler" in message] == []


def test_the_alert_of_a_failed_check_says_what_it_found(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN, [story(1)], listed=["1", "2"])
    (message,) = alerts(FIRST_RUN)
    assert message.startswith("Dawn, edition of 2026-11-20: check coverage failed: found 1 of 2 stories stored")
    ran(FIRST_RUN + MINUTE, [story(1)], listed=["1", "2"])
    assert alerts(FIRST_RUN + MINUTE) == []
    ran(FIRST_RUN + 2 * MINUTE)
    assert alerts(FIRST_RUN + 2 * MINUTE) == [f"Resolved, open since 2026-11-20 at 04:00 UTC: {message}"]


@pytest.mark.parametrize("outcome", ["incomplete", "refused"])
def test_a_failed_check_is_not_resolved_by_a_crawl_that_is_not_complete(alerts: Alerts, ran: Ran, outcome: str) -> None:
    ran(FIRST_RUN, [story(1)], listed=["1", "2"])
    assert len(alerts(FIRST_RUN)) == 1
    ran(FIRST_RUN + MINUTE, [story(1)], listed=["1", "2"], outcome=outcome, reason="a section could not be read")
    assert [message for message in alerts(FIRST_RUN + MINUTE) if message.startswith("Resolved")] == []
    ran(FIRST_RUN + 2 * MINUTE)
    assert any("coverage" in message for message in alerts(FIRST_RUN + 2 * MINUTE) if message.startswith("Resolved"))


def test_an_incomplete_crawl_is_one_alert_and_not_one_per_failed_check(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN, [story(1)], listed=["1", "2"], outcome="incomplete", reason="1 listings could not be read")
    (message,) = alerts(FIRST_RUN)
    assert "check crawl failed: found incomplete: 1 listings could not be read" in message


def test_failed_checks_of_backfilled_editions_send_no_alert(alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN, [story(1, edition_date="2016-01-22")], listed=["1", "2"], edition="2016-01-22")
    assert alerts(FIRST_RUN) == []


def test_an_undelivered_alert_is_sent_again(news: News, alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    update_alerts(news.writer, lambda message: False, TEN)
    assert len(alerts(TEN + MINUTE)) == 1
    ran(TEN + MINUTE, edition="2026-11-21")
    update_alerts(news.writer, lambda message: False, TEN + 2 * MINUTE)
    assert [message[:8] for message in alerts(TEN + 3 * MINUTE)] == ["Resolved"]


def test_a_problem_resolved_before_its_alert_was_delivered_is_never_sent(news: News, alerts: Alerts, ran: Ran) -> None:
    ran(FIRST_RUN)
    update_alerts(news.writer, lambda message: False, TEN)
    ran(TEN + MINUTE, edition="2026-11-21")
    assert alerts(TEN + 2 * MINUTE) == []


def test_two_concurrent_checks_send_one_alert(news: News, ran: Ran) -> None:
    ran(FIRST_RUN)
    both_ready = Barrier(2)
    messages: list[str] = []

    def deliver(message: str) -> bool:
        messages.append(message)
        return True

    def check(_: int) -> None:
        both_ready.wait()
        update_alerts(news.writer, deliver, TEN)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(check, range(2)))
    assert len(messages) == 1
    assert news.rows("SELECT problem, told_at, closed_at FROM alerts") == [("edition dawn 2026-11-21", TEN, None)]


def test_the_due_time_of_an_edition_is_in_the_newspapers_time_zone() -> None:
    dawn = newspaper("dawn")
    assert dawn.editions_due(TEN - timedelta(days=2), TEN - MINUTE) == [date(2026, 11, 19), date(2026, 11, 20)]
    assert dawn.editions_due(TEN, TEN) == [date(2026, 11, 21)]
    assert dawn.edition_due_after == timedelta(minutes=90)
