"""The time zone of a newspaper: from its host's country and the offsets on its pages, or none."""

from datetime import datetime

import pytest

from akhbar.drafts.zones import is_zone, possible_zones, zone_of


def times(*texts: str) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("host", "shown", "zone"),
    [
        ("www.gazette.com.pk", ["2026-11-27T08:00:00+05:00"], "Asia/Karachi"),
        ("www.gazette.com.pk", ["2026-11-27T03:00:00+00:00"], "Asia/Karachi"),
        ("www.gazette.com.pk", [], "Asia/Karachi"),
        ("www.gazette.com.pk", ["2026-11-27T08:00:00-05:00"], None),
        ("gazette.co.uk", ["2026-11-27T08:00:00+00:00"], "Europe/London"),
        ("gazette.co.uk:8443", ["2026-07-27T08:00:00+01:00"], "Europe/London"),
        ("zeitung.de", ["2026-11-27T08:00:00+01:00", "2026-07-27T08:00:00+02:00"], "Europe/Berlin"),
        ("gazette.us", ["2026-11-27T08:00:00-05:00"], "America/New_York"),
        ("gazette.us", ["2026-11-27T13:00:00+00:00"], None),
        ("gazette.com.au", ["2026-11-27T08:00:00+10:00"], "Australia/Brisbane"),
        ("gazette.com.au", ["2026-11-27T08:00:00+10:00", "2026-11-27T08:00:00+11:00"], None),
        ("gazette.com", ["2026-11-27T08:00:00+05:00"], None),
        ("gazette.io", ["2026-11-27T08:00:00+00:00"], None),
        ("gazette", [], None),
    ],
)
def test_a_zone_is_chosen_only_if_country_and_offsets_leave_no_choice(
    host: str, shown: list[str], zone: str | None
) -> None:
    assert zone_of(host, times(*shown)) == zone


def test_the_zones_to_choose_from_agree_with_the_pages() -> None:
    assert "Asia/Karachi" in possible_zones("www.dawn.com", times("2026-11-27T08:00:00+05:00"))
    assert possible_zones("gazette.com.pk", times("2026-11-27T08:00:00-05:00"))[0] != "Asia/Karachi"
    assert possible_zones("gazette.com", times("2026-11-27T08:00:00+00:00")) == []


def test_the_table_of_the_package_is_used_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from akhbar.drafts import zones

    monkeypatch.setattr("zoneinfo.TZPATH", ())
    zones._zones.cache_clear()
    assert zone_of("gazette.com.pk", []) == "Asia/Karachi"
    zones._zones.cache_clear()


@pytest.mark.parametrize(
    ("name", "known"), [("Asia/Karachi", True), ("Asia/Atlantis", False), ("../etc", False), ("", False)]
)
def test_only_the_names_of_zones_are_zones(name: str, known: bool) -> None:
    assert is_zone(name) == known
