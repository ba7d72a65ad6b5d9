"""The declaration: an error names the invalid field, and what it must be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from akhbar.newspaper import Edition, Latest
from tests.second_newspaper import GAZETTE

EDITION = GAZETTE.print_edition


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "The Gazette", "name is 'The Gazette': it must be lower-case letters and digits"),
        ("name", "9gazette", "it must be lower-case letters and digits, starting with a letter"),
        ("home_page", "http://www.gazette.example", "it must be https://HOST, without a path"),
        ("home_page", "https://www.gazette.example/", "it must be https://HOST, without a path"),
        ("home_page", "https://me:secret@www.gazette.example", "it must be https://HOST"),
        ("timezone", "Karachi", "timezone is 'Karachi': it must be an IANA time zone such as Asia/Karachi"),
        ("timezone", "", "it must be an IANA time zone"),
        ("language", "English", "language is 'English': it must be an ISO 639-1 code such as en"),
        ("platform", "wordpress", "platform is 'wordpress': it must be one of newskit"),
        ("story_url", r"/story/(?P<id>[0-9]+", "story_url is not a regular expression"),
        ("story_url", r"/story/[0-9]+", "it must have a group named id"),
        ("story_url", r"story/(?P<id>[0-9]+)", "it must begin with /"),
    ],
)
def test_an_invalid_field_is_named(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        replace(GAZETTE, **{field: value})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("path", "/paper/{section}", "it must be a path with {section} and {date}"),
        ("path", "{section}/{date}", "it must be a path"),
        ("sections", {}, "edition.sections is empty"),
        ("schedule", "every morning", "edition.schedule is 'every morning': it must be a cron expression"),
        ("due", "10 am", "edition.due is '10 am': it must be a time of day, HH:MM"),
    ],
)
def test_an_invalid_field_of_the_edition_is_named(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(EDITION, **{field: value})


def test_the_schedule_of_the_latest_stories_is_a_cron_expression() -> None:
    with pytest.raises(ValueError, match=r"latest.schedule is '\* \*': it must be a cron expression"):
        Latest(schedule="* *")


def test_a_newspaper_may_have_no_print_edition() -> None:
    online = replace(GAZETTE, edition=None)
    assert online.schedules == {"latest": "*/30 * * * *"}
    assert online.editions_due(datetime(2016, 1, 1, tzinfo=UTC), datetime(2016, 2, 1, tzinfo=UTC)) == []
    with pytest.raises(ValueError, match="The Gazette has no print edition in its declaration"):
        _ = online.print_edition


@pytest.mark.parametrize(
    ("path", "story_id", "stored"),
    [
        ("/story/7", "7", "/story/7"),
        ("/story/7/ferries-return", "7", "/story/7"),
        ("/story/7/", "7", "/story/7"),
        ("/story/7/ferries/more", None, "/story/7/ferries/more"),
        ("/news/7", None, "/news/7"),
    ],
)
def test_the_story_url_gives_the_id_and_the_stored_path(path: str, story_id: str | None, stored: str) -> None:
    assert GAZETTE.story_id(path) == story_id
    assert GAZETTE.stored_path(path) == stored


def test_a_slug_without_a_group_in_the_pattern_is_stored() -> None:
    paper = replace(GAZETTE, story_url=r"/print/(?P<id>[0-9]+)-[a-z-]+")
    assert paper.stored_path("/print/7-ferries") == "/print/7-ferries"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://www.gazette.example/story/7/ferries?x=1", "/story/7/ferries"),
        ("/story/7", "/story/7"),
        ("x::y@evil.example/story/7", "/story/7"),
        ("https://www.gazette.example/live/7", None),
    ],
)
def test_only_the_story_path_of_an_address_is_used(address: str, path: str | None) -> None:
    assert GAZETTE.story_path(address) == path


def test_the_newspapers_own_names_are_not_sections() -> None:
    paper = replace(GAZETTE, not_sections=("Newspaper",))
    for name in ("The Gazette", "www.gazette.example", "GAZETTE.EXAMPLE", "newspaper"):
        assert not paper.is_section(name)
    assert paper.is_section("Main Page")


@pytest.mark.parametrize(
    ("name", "is_one"), [("Leaders", True), ("leader", True), ("LEADERS", True), ("Letters", False), (None, False)]
)
def test_the_editorial_section_is_recognised_in_singular_and_plural(name: str | None, is_one: bool) -> None:
    assert GAZETTE.is_editorial_section(name) is is_one


def test_an_edition_is_due_at_its_time_of_day_in_the_newspapers_zone() -> None:
    nine_fifteen = datetime(2016, 1, 22, 4, 15, tzinfo=UTC)
    assert GAZETTE.due_at(date(2016, 1, 22)) == nine_fifteen
    assert GAZETTE.edition_due_after == timedelta(hours=2, minutes=15)
    minute = timedelta(minutes=1)
    assert GAZETTE.editions_due(nine_fifteen - minute, nine_fifteen) == [date(2016, 1, 22)]
    assert GAZETTE.editions_due(nine_fifteen + minute, nine_fifteen + timedelta(hours=23)) == []


def test_a_listing_has_the_path_of_its_section_and_date() -> None:
    assert EDITION.listing("leaders", date(2016, 1, 22)) == "/paper/2016-01-22/leaders"
    other = Edition("/{date}/{section}.html", {"a": "A"}, "0 7 * * *", "09:00")
    assert other.listing("a", date(2016, 1, 22)) == "/2016-01-22/a.html"


def test_a_section_that_is_a_path_has_that_path() -> None:
    assert EDITION.listing("/extra/{date}/schools", date(2016, 1, 22)) == "/extra/2016-01-22/schools"
    with pytest.raises(ValueError, match=r"edition.sections has the path '/extra/schools': it must contain \{date\}"):
        Edition("/paper/{date}/{section}", {"/extra/schools": "Schools"}, "0 7 * * *", "09:00")
