"""Dates and times in the forms that newspapers use."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from akhbar.dates import read_day, read_printed_date, read_timestamp

ZONE = ZoneInfo("Asia/Karachi")
FETCHED_AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("January 22nd, 2016", "2016-01-22T00:00:00+05:00"),
        ("22nd January 2016", "2016-01-22T00:00:00+05:00"),
        ("1st Feb, 2016", "2016-02-01T00:00:00+05:00"),
        ("Mar. 3rd, 2016", "2016-03-03T00:00:00+05:00"),
        ("apr 4 2016", "2016-04-04T00:00:00+05:00"),
        ("5 MAY 2016", "2016-05-05T00:00:00+05:00"),
        ("June 6, 2016 18:05", "2016-06-06T18:05:00+05:00"),
        ("June 6, 2016, 18:05:33", "2016-06-06T18:05:33+05:00"),
        ("July 7, 2016 6:05 PM", "2016-07-07T18:05:00+05:00"),
        ("Aug 8, 2016 12:00am", "2016-08-08T00:00:00+05:00"),
        ("Sept 9, 2016 12:00pm", "2016-09-09T12:00:00+05:00"),
        ("Sep 9, 2016", "2016-09-09T00:00:00+05:00"),
        ("\xa010\xa0Oct, 2016\xa007:30am\n", "2016-10-10T07:30:00+05:00"),
        ("2016-11-11", "2016-11-11T00:00:00+05:00"),
        ("2016-11-11 06:48", "2016-11-11T06:48:00+05:00"),
        ("2016-11-11T06:48:12.5+00:00", "2016-11-11T06:48:12.500000+00:00"),
        ("Mon, 12 Dec 2016 09:00:00 GMT", "2016-12-12T09:00:00+00:00"),
        ("12 Dec 2016 09:00 +0500", "2016-12-12T09:00:00+05:00"),
        ("12\xa0Dec 2016\xa009:00 +0500", "2016-12-12T09:00:00+05:00"),
        ("۲۲ جنوری ۲۰۱۶", "2016-01-22T00:00:00+05:00"),
        ("جولائ 7, 2016 06:05pm", "2016-07-07T18:05:00+05:00"),
        ("۵ مئی، ۲۰۱۶، ۱۸:۰۵", "2016-05-05T18:05:00+05:00"),
    ],
)
def test_a_timestamp_is_read_in_every_form_that_newspapers_use(written: str, instant: str) -> None:
    found = read_timestamp(written, ZONE, FETCHED_AT)
    assert found is not None
    assert found.isoformat() == instant


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("January 22nd, 2016", date(2016, 1, 22)),
        ("22 Jan 2016", date(2016, 1, 22)),
        ("2016-01-22", date(2016, 1, 22)),
        ("20160122", date(2016, 1, 22)),
        ("Jan 22, 2016 12:00am", None),
        ("2016-01-22T00:00:00+05:00", None),
        ("2016-01-22 00:00", None),
        ("2016-01-22 06", None),
        ("20160122T06", None),
        ("Mon, 12 Dec 2016 00:00:00 GMT", None),
        ("2026-12-01", None),
        ("۲۲ جنوری ۲۰۱۶", date(2016, 1, 22)),
        ("۲۲ جنوری ۲۰۱۶ ۰۰:۰۰", None),
        ("soon", None),
    ],
)
def test_a_day_is_a_date_without_a_time(written: str, day: date | None) -> None:
    assert read_day(written, ZONE, FETCHED_AT) == day


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "yesterday at noon",
        "22 January",
        "January 2016",
        "February 30, 2016",
        "2016-02-30",
        "22 Jan, 2016 13:05pm",
        "22 Jan, 2016 0:05am",
        "22 Jan, 2016 24:05",
        "22 Jan, 2016 and later",
        "Updated 22 Jan, 2016",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "22 Jan, 2016" + " " * 80 + "07:30am",
    ],
)
def test_text_that_is_not_a_timestamp_is_read_as_none(written: str) -> None:
    assert read_timestamp(written, ZONE, FETCHED_AT) is None


def test_a_time_without_a_zone_is_in_the_newspapers_zone() -> None:
    local, universal = (read_timestamp("22 Jan, 2016 07:30am", zone, FETCHED_AT) for zone in (ZONE, UTC))
    assert local is not None
    assert universal is not None
    assert (universal - local).total_seconds() == 5 * 3600


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        ("0001-01-01 00:00:00", False),
        ("1970-01-01T00:00:00Z", False),
        ("1989-12-31T23:59:59Z", False),
        ("1990-01-01T00:00:00Z", True),
        (f"{FETCHED_AT + timedelta(days=7):%d %b, %Y}", True),
        (f"{FETCHED_AT + timedelta(days=9):%d %b, %Y}", False),
        ("9999-12-31T23:59:59Z", False),
        ("9999-12-31T23:59:59+00:00", False),
    ],
)
def test_an_impossible_time_is_ignored(written: str, possible: bool) -> None:
    assert (read_timestamp(written, ZONE, FETCHED_AT) is not None) is possible


@pytest.mark.parametrize(
    ("line", "edition"),
    [
        ("Published in Dawn, January 22nd, 2016", date(2016, 1, 22)),
        ("Published in the Dawn, January 22nd, 2016.", date(2016, 1, 22)),
        ("  published in DAWN,\u00a0Jan. 22,2016 ", date(2016, 1, 22)),
        ("Published in Dawn, Books & Authors, September 4th, 2016", date(2016, 9, 4)),
        ("Published in Dawn, December 31st, 2015 and January 1st, 2016", date(2016, 1, 1)),
        ("Published in Dawn, Sunday Magazine", None),
        ("Published in Dawn, February 30th, 2016", None),
        ("Published in Dawn, January 22nd, 2016, and read by everybody", None),
        ("Republished in Dawn, January 22nd, 2016", None),
        ("It was published in Dawn, January 22nd, 2016", None),
        ("یہ خبر ۲۲ جنوری ۲۰۱۶ کو ڈان اخبار میں شائع ہوئی۔", date(2016, 1, 22)),
        ("یہ مضمون 22 جنوری 2016 کے ڈان اخبار میں شائع ہوا", date(2016, 1, 22)),
        ("یہ خبر پچھلے سال جنوری میں کو ڈان اخبار میں شائع ہوئی۔", None),
        ("یہ خبر ۲۲ جنوری ۲۰۱۶ کو ڈان اخبار میں شائع ہوئی اور سب نے پڑھی۔", None),
        ("Published in Dawn, " + "the very " * 15 + "January 22nd, 2016", None),
        ("", None),
    ],
)
def test_a_printed_date_names_the_edition_only_on_a_line_of_its_own(line: str, edition: date | None) -> None:
    assert read_printed_date(line) == edition
