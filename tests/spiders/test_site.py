"""A newspaper's site: which links lead to its stories, and which timestamps are possible."""

from datetime import timedelta

import pytest

from tests.spiders.dawn import FETCHED_AT, SITE


@pytest.mark.parametrize(
    ("href", "story_id"),
    [
        ("https://www.dawn.com/news/1234504#:~:text=old", "1234504"),
        ("/news/1234505?ref=print", "1234505"),
        ("https://dawn.com/news/1234506/", "1234506"),
        (" HTTPS://WWW.DAWN.COM/news/1234506 ", "1234506"),
        ("https://ww2.dawn.com/news/1234506", "1234506"),
        ("http://m.dawn.com:80/news/1234506", "1234506"),
        ("https://www.dawn.com:8443/news/1234506", None),
        ("https://images.dawn.com/news/1174901/kites", None),
        ("https://www.dawn.com/live/budget#1", None),
        ("https://www.dawn.com/news/print/1234501", None),
        ("https://www.dawn.com/authors/1/x", None),
        ("javascript:void(0)", None),
        ("ftp://www.dawn.com/news/1234506", None),
        ("https://[", None),
        ("https://www.dawn.com/news/../../etc/passwd", None),
    ],
)
def test_only_a_link_to_the_newspapers_own_story_has_a_story_id(href: str, story_id: str | None) -> None:
    assert SITE.story_id(href) == story_id


NEW_YEAR = "2016-01-01T06:00:00+05:00"


@pytest.mark.parametrize(
    ("texts", "timestamp"),
    [
        (("Jan 1, 2016 06:00am",), NEW_YEAR),
        (("", None, "soon", NEW_YEAR, "2016-01-02"), NEW_YEAR),
        (("0001-01-01T00:00:00Z", NEW_YEAR), NEW_YEAR),
        ((str(FETCHED_AT + timedelta(days=8)), NEW_YEAR), NEW_YEAR),
        (("soon", None), None),
        ((), None),
    ],
)
def test_the_first_possible_timestamp_wins_in_the_newspapers_time_zone(
    texts: tuple[str | None, ...], timestamp: str | None
) -> None:
    assert SITE.iso(*texts) == timestamp


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (("Jan 1, 2016 06:00am",), NEW_YEAR),
        (("soon", "Jan 1, 2016", NEW_YEAR), "2016-01-01"),
        (("2016-01-01",), "2016-01-01"),
        (("soon", None), None),
    ],
)
def test_a_date_without_a_time_of_day_stays_a_date(texts: tuple[str | None, ...], shown: str | None) -> None:
    assert SITE.iso_or_day(*texts) == shown
