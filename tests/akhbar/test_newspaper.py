"""The declaration: an error names the invalid field, and what it must be."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from akhbar.newspaper import Edition, Latest, normal_id
from tests.akhbar.ids import IDS
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
        ("platform", "wordpress", "platform is 'wordpress': it must be one of newskit, or None"),
        ("story_url", r"/story/(?P<id>[0-9]+", "story_url is not a regular expression"),
        ("story_url", r"story/(?P<id>[0-9]+)", "it must begin with /"),
        ("not_story_url", "/(video", "not_story_url is not a regular expression"),
        ("editorial_author", "[", "editorial_author is not a regular expression"),
        ("feeds", "/rss", "feeds is a string: it must be a tuple, with a comma after a single item"),
        ("body", "article", "body is a string: it must be a tuple"),
        ("feeds", ("https://www.gazette.example/rss",), "it must be a path, starting with one /"),
        ("sitemaps", ("//cdn.example/sitemap.xml",), "it must be a path, starting with one /"),
        ("listings", {"today": None}, "listings has 'today': it must be a path, starting with one /"),
        ("listings", ("/today",), "listings is not a mapping: it must have each path with the section of its stories"),
        ("listings", "/today", "listings is not a mapping"),
        ("feeds", ("/rss", "/rss"), "feeds has '/rss', which is also in feeds: keep it in one place"),
        ("editorial_listings", ("/rss",), "editorial_listings has '/rss', which is also in feeds"),
        ("editorial_listings", ("/",), "editorial_listings has '/': a home page does not list editorials only"),
        ("dated", ("/archive",), "dated has '/archive': it must contain {date}, or {year} and {month} or {mon}"),
        ("dated", ("/{week}/",), "and no other name in braces"),
        ("title_from", ("h2",), "title_from has 'h2': it must consist of ld, og, h1 and CSS selectors"),
        ("title_from", ("og", "h1 >"), "title_from has 'h1 >', which is not a CSS selector"),
        ("title_from", ("h1 .css-1a2b3c",), "the class css-1a2b3c changes with every build of the site"),
        (
            "over_metadata",
            ("body",),
            "over_metadata has 'body': it must consist of those of byline, date, tags",
        ),
        ("over_metadata", ("byline",), "over_metadata has 'byline': it must consist of those of byline, date, tags"),
        ("over_metadata", "byline", "over_metadata is a string: it must be a tuple"),
        ("body", ("div[",), "body has 'div[', which is not a CSS selector"),
        ("body", ("div.css-1a2b3c p",), "the class css-1a2b3c changes with every build of the site"),
        ("byline", ("a.sc-bdVaJa",), "the class sc-bdVaJa changes with every build"),
        ("date", ("time[class='_3xYzQ']",), "the class _3xYzQ changes with every build"),
        ("tags", (".Tags__list--x7Ks2",), "the class Tags__list--x7Ks2 changes with every build"),
        ("leave_out", ('[class^="dcr-1b2c3d"]',), "the class dcr-1b2c3d changes with every build"),
    ],
)
def test_an_invalid_field_is_named(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        replace(GAZETTE, **{field: value})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("path", "/paper/{section}", "it must be a path with {section} and {date}"),
        ("path", "{section}/{date}", "it must be a path"),
        ("sections", {}, "edition.sections is empty"),
        ("sections", ("front-page",), "edition.sections is empty or not a mapping"),
        ("schedule", "every morning", "edition.schedule is 'every morning': it must be a cron expression"),
        ("due", "10 am", "edition.due is '10 am': it must be a time of day, HH:MM"),
    ],
)
def test_an_invalid_field_of_the_edition_is_named(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(EDITION, **{field: value})


@pytest.mark.parametrize(
    "selector", ["div.story__content", ".td-post-content", ".c-article2 p", ".col-md-12", ".text-4"]
)
def test_a_class_that_stays_the_same_is_not_refused(selector: str) -> None:
    assert replace(GAZETTE, body=(selector,)).body == (selector,)


def test_many_newspapers_start_at_different_minutes() -> None:
    papers = [replace(GAZETTE, name=f"paper{number}", edition=None, dated=("/{date}",)) for number in range(50)]
    for mode in ("latest", "edition"):
        schedules = [paper.schedules[mode] for paper in papers]
        assert max(map(schedules.count, schedules)) < 8


def test_a_day_without_a_print_edition_is_read_from_dated_listings() -> None:
    online = replace(
        GAZETTE, edition=None, dated=("/{year}/{mon}/{day}/all", "/sitemap-{year}-{month}.xml", "/a/{date}")
    )
    assert online.edition_listings(date(2026, 1, 5)) == {
        "/2026/jan/05/all": None,
        "/sitemap-2026-01.xml": None,
        "/a/2026-01-05": None,
    }
    assert online.due_at(date(2026, 1, 5)).isoformat() == "2026-01-06T03:00:00+05:00"
    assert online.editions_due(*(datetime(2026, 1, day, 12, tzinfo=UTC) for day in (4, 6))) == [
        date(2026, 1, 4),
        date(2026, 1, 5),
    ]
    assert timedelta(hours=3) < online.edition_due_after < timedelta(hours=4)
    with pytest.raises(ValueError, match="has neither a print edition nor dated listings"):
        replace(online, dated=()).edition_listings(date(2026, 1, 5))


GENERAL = replace(GAZETTE, platform=None, story_url=None)


@pytest.mark.parametrize(
    ("path", "story_id"),
    [
        ("/world/2026/nov/05/ferries-return", "/world/2026/nov/05/ferries-return"),
        ("/2026/11/05/ferries/", "/2026/11/05/ferries"),
        ("/ferries-return-to-the-lake", "/ferries-return-to-the-lake"),
        ("/news/ferries-1894207/", "/news/ferries-1894207"),
        ("/پاکستان/%D8%AE%D8%A8%D8%B1-اور-%d9%85%d9%88%d8%b3%d9%85-کراچی", "/پاکستان/خبر-اور-موسم-کراچی"),
        ("/a-100%-rise-in-prices", "/a-100%25-rise-in-prices"),
        ("/a-100%25-rise-in-prices", "/a-100%25-rise-in-prices"),
        ("/and-what-it-means?", "/and-what-it-means%3F"),
        ("/the-u.s.-and-its-ferries.html", "/the-u.s.-and-its-ferries.html"),
        ("/caf%E9-by-the-lake-side", "/caf%E9-by-the-lake-side"),
        ("/" + "-".join(["word"] * 100), "/" + "-".join(["word"] * 100)),
        ("/", None),
        ("/world", None),
        ("/life-style", None),
        ("/2026/11/05/", None),
        ("/2026/11/05", None),
        ("/video/ferries-return-to-the-lake", None),
        ("/gallery/ferries-return-to-the-lake", None),
    ],
)
def test_without_a_pattern_the_path_of_a_story_is_its_id(path: str, story_id: str | None) -> None:
    assert GENERAL.story_id(path) == story_id
    if story_id:
        assert GENERAL.stored_path(path) == path
        assert GENERAL.story_id(story_id) == story_id


@pytest.mark.parametrize(("path", "story_id"), [(path, story_id) for story_id, path in IDS.items()])
def test_a_path_and_its_percent_encoded_form_have_the_same_id(path: str, story_id: str) -> None:
    for form in (path, quote(path, safe="%/;:@=+,&'()"), story_id, normal_id(story_id)):
        assert GENERAL.story_id(form) == story_id
    assert story_id.isprintable()


def test_a_page_has_the_same_id_before_and_after_a_browser_resolves_its_path() -> None:
    assert GENERAL.story_id("/world/../2026/11/05/./ferries/.") == GENERAL.story_id("/2026/11/05/ferries/")
    assert GENERAL.story_id("/a//../2026/11/05/ferries") == "/a/2026/11/05/ferries"
    assert replace(GENERAL, story_url="/.*").story_id("/a/..") is None, "the home page"


@pytest.mark.parametrize(
    "story_id", ["%30%31", "%D9%A2%D9%A1", "\ud800", "a\x00\x1f\x85b", "%", "%%2", "\xa0/a\n", "/..//a/./b"]
)
def test_the_normal_form_of_any_text_is_its_own_normal_form(story_id: str) -> None:
    once = normal_id(story_id)
    assert normal_id(once) == once
    assert once.isprintable()


@pytest.mark.parametrize("form", ["/خبر/۱۲-a", "/%D8%AE%D8%A8%D8%B1/%DB%B1%DB%B2-a", "/%d8%ae%d8%a8%d8%b1/12-a"])
def test_patterns_match_a_path_however_its_letters_are_written(form: str) -> None:
    paper = replace(
        GENERAL, story_url=r"/خبر/(?P<id>\d+)(?P<slug>-a)?", not_story_url="/ویڈیو/", editorial_path="^/خبر/"
    )
    assert paper.story_id(form) == "12"
    assert paper.stored_path(form) == "/خبر/12"
    assert paper.is_editorial(form, None, [])
    assert paper.story_id("/%D9%88%DB%8C%DA%88%DB%8C%D9%88/12") is None


def test_a_path_that_begins_with_two_slashes_is_not_a_host() -> None:
    assert GENERAL.story_path("//world/2026/11/05/ferries") == "//world/2026/11/05/ferries"
    assert GENERAL.story_path("https://www.gazette.example//world/2026/11/05/ferries") == "//world/2026/11/05/ferries"


def test_a_pattern_without_the_group_id_decides_only_which_paths_are_stories() -> None:
    paper = replace(GAZETTE, story_url=r"/opinion/[^/]+/?")
    assert paper.story_id("/opinion/ferries/") == "/opinion/ferries"
    assert paper.story_id("/world/ferries/") is None
    assert paper.story_path("http://127.0.0.1:8000/opinion/ferries/") == "/opinion/ferries/"


@pytest.mark.parametrize(
    ("path", "title", "authors", "expected"),
    [
        ("/view/ferries", None, [], True),
        ("/world/ferries", "The Gazette view on ferries", [], True),
        ("/world/ferries", "On The Gazette view", [], False),
        ("/world/ferries", "Ferries", ["Staff", "Editorial Board"], True),
        ("/world/ferries", "Ferries", ["Chief of the Editorial Board"], False),
    ],
)
def test_the_rules_for_editorials(path: str, title: str | None, authors: list[str], expected: bool) -> None:
    paper = replace(
        GENERAL,
        editorial_path="^/view/",
        editorial_title="The Gazette view",
        editorial_author="(?i)editorial board",
    )
    assert paper.is_editorial(path, title, authors) is expected
    assert not GENERAL.is_editorial(path, title, authors)


def test_the_schedule_of_the_latest_stories_is_a_cron_expression() -> None:
    with pytest.raises(ValueError, match=r"latest.schedule is '\* \*': it must be a cron expression"):
        Latest(schedule="* *")


def test_a_newspaper_may_have_no_print_edition() -> None:
    online = replace(GAZETTE, edition=None)
    assert online.schedules == {"latest": "14,44 * * * *"}
    assert not online.has_editions
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
