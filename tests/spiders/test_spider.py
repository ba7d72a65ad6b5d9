"""The spider's rules: which stories it fetches, and how it merges listings and pages."""

from datetime import date
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from akhbar.story import RejectedPage, Story
from spiders.politeness import MovedError, RefusedError
from spiders.spider import NewspaperSpider
from tests.spiders.crawl import SITE, listing_page, outcomes, requests, spider, stories, story_page
from tests.spiders.markup import card, time, unknown_layout

EDITION = date(2016, 1, 22)
TITLE = "Ferries return to the lake"
TEXT = "THATTA: The first ferry in a decade crossed the lake on Monday."
ON_THE_DAY = time("Published", f"{EDITION}T06:40:00+05:00")


def page(
    body: str = f"<p>{TEXT}</p>", title: str = TITLE, time: str = ON_THE_DAY, head: str = "", box: str = ""
) -> str:
    """A story page."""
    return (
        f"<html><head><meta property='og:title' content='{title}'>{head}</head><body><article class='story'>"
        f"<div class='template__header'>{time}</div><div class='template__main'>"
        f"<div class='story__content'>{body}</div></div></article>{box}</body></html>"
    )


def editorials(*cards: str) -> str:
    """The box of editorials in the sidebar."""
    return f"<aside><h4>Editorial</h4>{''.join(cards)}</aside>"


def print_edition() -> NewspaperSpider:
    return spider(edition=str(EDITION))


def read_section(reader: NewspaperSpider, body: str, section: str = "National") -> list[Any]:
    return list(reader.parse_section(listing_page(f"/newspaper/x/{EDITION}", body), section))


def read_latest(reader: NewspaperSpider, path: str, body: str) -> list[Any]:
    """What the spider yields for a page that lists the latest stories."""
    response = listing_page(path, body)
    return list(reader.parse_home(response) if path == "/" else reader.parse_listing(response, None))


def read_page(reader: NewspaperSpider, html: str, number: str = "7") -> Story:
    [story] = stories(reader.parse_story(story_page(number, html), number))
    return story


def listed_by(section: str, card: str, html: str) -> Story:
    """Story 7 from its page, after a section of the edition listed it."""
    reader = print_edition()
    read_section(reader, card, section)
    return read_page(reader, html)


# --- what belongs to an edition -------------------------------------------------------------------------------------

WINDOW = pytest.mark.parametrize(
    ("label", "instant", "of_the_edition"),
    [
        ("Published", "2016-01-22T06:40:00+05:00", True),
        ("Published", "2016-01-15T00:00:00+05:00", True),
        ("Published", "2016-01-14T23:59:00+05:00", False),
        ("Published", "2016-01-14T19:01:00+00:00", True),
        ("Published", "2016-01-23T23:59:00+05:00", True),
        ("Published", "2016-01-24T00:00:00+05:00", False),
        ("Published", "2016-01-23T19:01:00+00:00", False),
        ("Updated", "2016-03-01T00:00:00+05:00", True),
        ("Updated", "2016-01-14T23:59:00+05:00", False),
    ],
)
"""A magazine's stories go online up to a week before its edition, some stories a day after it."""


@WINDOW
def test_a_section_lists_the_stories_of_its_edition_and_no_promoted_older_ones(
    label: str, instant: str, of_the_edition: bool
) -> None:
    reader = print_edition()
    read_section(reader, f"{card(7, time=time(label, instant))}{card(8)}")
    assert list(reader.listed) == (["7", "8"] if of_the_edition else ["8"]), "a card without a time is listed"


@WINDOW
def test_a_listed_story_belongs_to_the_edition_only_if_its_page_was_published_around_that_day(
    label: str, instant: str, of_the_edition: bool
) -> None:
    story = listed_by("National", card(7), page(time=time(label, instant)))
    assert (story.section, story.edition_date) == (("National", str(EDITION)) if of_the_edition else (None, None))


@pytest.mark.parametrize(
    ("printed", "edition_date", "section", "kind"),
    [
        ("January 22nd, 2016", "2016-01-22", "Editorial", "editorial"),
        ("January 21st, 2016", "2016-01-21", "Karachi", "article"),
    ],
)
def test_the_printed_date_of_a_page_overrides_the_edition_that_lists_it(
    printed: str, edition_date: str, section: str, kind: str
) -> None:
    html = page(
        f"<p>{TEXT}</p><p>Published in Dawn, {printed}</p>", head="<meta property='article:section' content='Karachi'>"
    )
    story = listed_by("Editorial", card(7), html)
    assert (story.edition_date, story.section, story.kind) == (edition_date, section, kind)


def test_a_page_without_any_date_does_not_confirm_the_edition() -> None:
    story = listed_by("Editorial", card(7), page(time=""))
    assert (story.edition_date, story.section, story.kind) == (None, None, "article")


@pytest.mark.parametrize(
    ("shown", "edition_date"),
    [
        (ON_THE_DAY, str(EDITION)),
        (time("Updated", f"{EDITION}T06:40:00+05:00"), None),
        (time("Published", "2016-01-10T06:40:00+05:00"), None),
        ("", None),
    ],
)
def test_the_sidebar_of_the_editorial_section_lists_editorials_of_the_edition_if_it_dates_them(
    shown: str, edition_date: str | None
) -> None:
    story = listed_by("Editorial", editorials(card(7, time=shown)), page())
    assert (story.kind, story.edition_date) == ("editorial", edition_date)


def test_the_sidebar_of_another_section_lists_editorials_of_any_day() -> None:
    story = listed_by("National", card(8) + editorials(card(7, time=ON_THE_DAY)), page())
    assert (story.kind, story.section, story.edition_date) == ("editorial", "Editorial", None)


def test_an_edition_can_be_limited_to_the_first_stories_of_each_section() -> None:
    reader = spider(edition=str(EDITION), most="2")
    read_section(reader, card(7) + card(8) + card(9))
    assert list(reader.listed) == ["7", "8"]


# --- merging listings -----------------------------------------------------------------------------------------------


def test_the_first_listing_that_names_a_section_or_excerpt_wins() -> None:
    reader = print_edition()
    read_section(reader, card(7), "Front Page")
    read_section(reader, card(7, excerpt="For twenty rupees."), "Sport")
    read_section(reader, card(7, excerpt="See page three."), "National")
    story = read_page(reader, page())
    assert (story.section, story.excerpt) == ("Front Page", "For twenty rupees.")


def test_the_section_of_a_listing_overrides_that_of_the_page() -> None:
    head = "<meta property='article:section' content='Pakistan'><meta property='og:description' content='A fare.'>"
    story = listed_by("National", card(7, excerpt="For twenty rupees."), page(head=head))
    assert (story.section, story.excerpt) == ("National", "A fare.")


@pytest.mark.parametrize(("section", "kind"), [("Sport", "article"), ("Editorial", "editorial")])
def test_the_stories_of_a_sections_own_listing_are_of_that_section(section: str, kind: str) -> None:
    reader = spider(mode="latest")
    list(reader.parse_listing(listing_page("/sport", card(7)), section))
    story = read_page(reader, page())
    assert (story.section, story.kind) == (section, kind)


def test_a_story_that_its_page_calls_an_editorial_is_one_in_any_section() -> None:
    byline = "<span class='story__byline'>Editorial</span>"
    story = listed_by("National", card(7), page(time=ON_THE_DAY + byline))
    assert (story.kind, story.section) == ("editorial", "Editorial")


def test_a_story_without_a_listed_section_keeps_that_of_its_page() -> None:
    reader = spider(mode="latest")
    read_latest(reader, "/latest-news", card(7))
    head = "<meta property='article:section' content='Pakistan'>"
    assert read_page(reader, page(head=head)).section == "Pakistan"


@pytest.mark.parametrize("first", ["/latest-news", "/"])
def test_a_story_that_any_listing_calls_an_editorial_is_one(first: str) -> None:
    reader = spider(mode="latest")
    body = {"/latest-news": card(7), "/": editorials(card(7))}
    for path in (first, *(body.keys() - {first})):
        read_latest(reader, path, body[path])
    story = read_page(reader, page())
    assert (story.kind, story.section) == ("editorial", "Editorial")


@pytest.mark.parametrize(("path", "listed"), [("/", ["8"]), ("/latest-news", ["7", "8"])])
def test_only_the_editorials_of_the_home_page_are_read(path: str, listed: list[str]) -> None:
    reader = spider(mode="latest")
    read_latest(reader, path, card(7) + editorials(card(8)))
    assert list(reader.listed) == listed


# --- what is fetched ------------------------------------------------------------------------------------------------


def test_stories_are_fetched_after_the_last_listing_each_once() -> None:
    reader = print_edition()
    reader.listings_left = 2
    assert read_section(reader, card(7) + card(8)) == []
    assert requests(iter(read_section(reader, card(8) + card(9)))) == ["7", "8", "9"]


@pytest.mark.parametrize(("known", "fetched"), [(True, ["7", "8"]), (False, ["8"])])
def test_a_story_that_a_feed_carried_is_fetched_only_to_compare_it_with_what_is_stored(
    known: bool, fetched: list[str]
) -> None:
    reader = spider({"INCREMENTAL": known}, mode="latest")
    reader.listings_left = 1
    reader.read.add("7")
    found = read_latest(reader, "/latest-news", card(7) + card(8))
    assert requests(iter(found)) == fetched
    assert [one.meta["carried"] for one in found] == [number == "7" for number in fetched]


def test_editorials_in_the_sidebar_of_a_story_are_fetched_unless_already_listed() -> None:
    reader = print_edition()
    reader.listings_left = 1
    read_section(reader, card(7) + card(8))
    html = page(box=editorials(card(8), card(9)))
    assert requests(reader.parse_story(story_page("7", html), "7")) == ["9"]


def test_a_spider_for_one_story_fetches_no_other() -> None:
    reader = spider(story=f"{SITE}/news/7/ferries")
    assert requests(reader.parse_story(story_page("7", page(box=editorials(card(9)))), "7")) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"edition": "2016-01-22", "mode": "latest"},
        {"edition": "2016-01-22", "story": f"{SITE}/news/7"},
        {"edition": "2016-01-22", "mode": "newest"},
        {"edition": "yesterday"},
        {"story": f"{SITE}/authors/7"},
        {"story": "https://images.dawn.com/news/7"},
    ],
)
def test_a_spider_reads_an_edition_or_the_latest_stories_or_one_story(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"give one of|is not the URL of a story in Dawn|Invalid isoformat"):
        spider(**arguments)


def test_the_allowed_domains_are_the_newspapers_with_and_without_www() -> None:
    assert spider(story="https://dawn.com/news/7").allowed_domains == ["dawn.com", "www.dawn.com"]


# --- pages that give no story ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        page(title="404", body=""),
        page(title="Page not found", body=""),
        page(title="Not found - DAWN.COM", body=""),
        page(title="Story not found", body=""),
        "<html><head><title>404 - DAWN.COM</title></head><body></body></html>",
        "<html><body><h1>Story not found</h1></body></html>",
        "<html><body><h2>Page not found</h2></body></html>",
    ],
)
def test_a_page_that_says_not_found_is_gone(html: str) -> None:
    reader = print_edition()
    seen = outcomes(reader)
    read_section(reader, card(7))
    assert list(reader.parse_story(story_page("7", html), "7")) == []
    assert [(path, outcome) for path, outcome, _ in seen][1:] == [("/news/7", "gone")]


def test_a_notice_in_place_of_a_story_is_rejected_and_not_stored_as_the_story() -> None:
    reader = print_edition()
    seen = outcomes(reader)
    read_section(reader, card(7))
    html = "<html><body><p>We and our partners store cookies. Accept to continue.</p></body></html>"
    [rejected] = reader.parse_story(story_page("7", html), "7")
    assert isinstance(rejected, RejectedPage)
    assert (rejected.story.story_id, rejected.reason) == ("7", "consent_page")
    assert seen[1:] == [("/news/7", "failed", "not the story: consent page")]


@pytest.mark.parametrize("title", ["404 ferries and no lake", "Not found in fifty years: a ferry"])
def test_a_long_headline_may_begin_like_a_not_found_page(title: str) -> None:
    headline = title + " for anybody to cross in the winter, or in the summer either"
    assert listed_by("National", card(7), page(title=headline)).title == headline


@pytest.mark.parametrize(
    ("html", "headers", "reason"),
    [
        (page(), {"Content-Type": "application/json"}, "not an HTML page but application/json"),
        ("", {}, "not an HTML page but nothing, 0 bytes"),
        (f"<html><body>{'<div>' * 3000}</body></html>", {}, "the parser stopped: "),
        (page(), {"Content-Type": "text/html; charset=utf-8"}, None),
    ],
)
def test_a_page_that_is_not_complete_html_is_recorded_as_failed(
    html: str, headers: dict[str, str], reason: str | None
) -> None:
    reader = spider(story=f"{SITE}/news/7")
    seen = outcomes(reader)
    found = list(reader.parse_story(story_page("7", html, **headers), "7"))
    assert len(found) == (0 if reason else 1)
    assert [(outcome, (why or "").startswith(reason or "")) for _, outcome, why in seen] == [
        ("failed" if reason else "parsed", True)
    ]


NO_END_TAG = page().replace("</html>", "").replace("</body>", "")


@pytest.mark.parametrize(
    ("html", "flags", "reason"),
    [
        (page(), ["partial"], None),
        (page(), [], None),
        (NO_END_TAG, [], None),
        (NO_END_TAG, ["partial"], f"cut short after {len(NO_END_TAG.encode())} bytes"),
        ("<html><body><p>The fer", ["partial"], "cut short after 22 bytes"),
    ],
)
def test_a_page_without_an_end_tag_is_cut_short_only_if_nothing_gave_its_length(
    html: str, flags: list[str], reason: str | None
) -> None:
    reader = spider(story=f"{SITE}/news/7")
    seen = outcomes(reader)
    assert len(list(reader.parse_story(story_page("7", html).replace(flags=flags), "7"))) == (0 if reason else 1)
    assert [(outcome, why) for _, outcome, why in seen] == [("failed" if reason else "parsed", reason)]


def failure(error: Exception, role: str = "story") -> Failure:
    request = Request(f"{SITE}/news/7", meta={"role": role, "story_id": "7", "retry_times": 2})
    failed = Failure(error)  # type: ignore[no-untyped-call]
    failed.request = request  # type: ignore[attr-defined]
    return failed


def answered(status: int) -> HttpError:
    return HttpError(story_page("7", "").replace(status=status))


OUTCOMES = pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (answered(304), "unchanged", "answered 304"),
        (answered(404), "gone", "answered 404"),
        (answered(410), "gone", "answered 410"),
        (answered(503), "failed", "answered 503 after 3 tries"),
        (MovedError("redirected to https://aurora.dawn.com"), "moved", "redirected to https://aurora.dawn.com"),
        (RefusedError("a challenge page"), "refused", "a challenge page"),
        (DownloadFailedError("reset"), "failed", "DownloadFailedError: reset"),
        (DownloadFailedError(), "failed", "DownloadFailedError"),
    ],
)


@OUTCOMES
def test_a_page_that_was_not_read_is_recorded_with_the_reason(error: Exception, outcome: str, reason: str) -> None:
    reader = spider(story=f"{SITE}/news/7")
    seen = outcomes(reader)
    assert list(reader.story_failed(failure(error))) == []
    assert seen == [("/news/7", outcome, reason)]


@OUTCOMES
def test_a_listing_that_failed_makes_the_edition_incomplete_and_one_that_is_missing_does_not(
    error: Exception, outcome: str, reason: str
) -> None:
    reader = print_edition()
    reader.listings_left = 1
    assert list(reader.listing_failed(failure(error, role="listing"))) == []
    assert reader.failed_listings == ([f"/news/7: {reason}"] if outcome == "failed" else [])


def test_the_stories_that_other_listings_named_are_fetched_when_the_last_one_fails() -> None:
    reader = print_edition()
    reader.listings_left = 2
    read_section(reader, card(7))
    assert requests(reader.listing_failed(failure(answered(503), role="listing"))) == ["7"]


def knows_an_editorial() -> NewspaperSpider:
    """A spider that knows story 7 from the sidebar."""
    reader = print_edition()
    read_section(reader, editorials(card(7, excerpt="For twenty rupees.", time=ON_THE_DAY)))
    return reader


@OUTCOMES
def test_an_editorial_whose_page_was_not_read_is_stored_from_the_sidebar(
    error: Exception, outcome: str, reason: str
) -> None:
    found = stories(knows_an_editorial().story_failed(failure(error)))
    if outcome == "unchanged":
        assert found == []
        return
    [story] = found
    assert (story.title, story.excerpt, story.body) == ("Ferries return", "For twenty rupees.", None)
    assert (story.kind, story.section, story.completeness) == ("editorial", "Editorial", "listed")
    assert story.published_at == f"{EDITION}T06:40:00+05:00"


@pytest.mark.parametrize("html", ["", page(title="Page not found", body="")])
def test_an_editorial_whose_page_has_no_story_is_stored_from_the_sidebar(html: str) -> None:
    assert read_page(knows_an_editorial(), html).completeness == "listed"


def test_an_editorial_that_was_read_is_not_replaced_by_the_sidebar() -> None:
    reader = knows_an_editorial()
    assert read_page(reader, page()).completeness == "full"
    assert list(reader.story_failed(failure(answered(503)))) == []


# --- the text of a page in no known layout --------------------------------------------------------------------------


def test_a_page_in_an_unknown_layout_is_read_by_the_general_extractor_and_marked() -> None:
    story = read_page(spider(story=f"{SITE}/news/7"), unknown_layout(TITLE))
    assert "the fare would stay at twenty rupees" in (story.body or "")
    assert (story.extracted_by, story.edition_date) == ("fallback", "2016-01-22")


def test_a_page_with_nothing_to_extract_is_not_marked_as_extracted() -> None:
    story = read_page(spider(story=f"{SITE}/news/7"), page(body="", time=""))
    assert (story.body, story.extracted_by) == ("", "selectors")


def test_the_general_extractor_is_not_used_for_a_video() -> None:
    head = "<meta property='og:title' content='Watch: a ferry'>"
    page_of_a_video = f"<html><head>{head}</head><body><main></main></body></html>"
    assert read_page(spider(story=f"{SITE}/news/7"), page_of_a_video).body is None
    text = read_page(spider(story=f"{SITE}/news/7"), unknown_layout("Watch: a ferry")).body
    assert text, "a headline alone does not say that a page has no text"


@pytest.mark.parametrize(
    ("base", "href", "story_id"),
    [
        ("", "/news/7/ferries", "7"),
        ("", "../news/7/ferries", "7"),
        ("https://www.dawn.com/", "news/7/ferries", "7"),
        ("/", "news/7/ferries", "7"),
        ("//www.dawn.com/news/", "7/ferries", "7"),
        ("https://images.dawn.com/", "/news/7/ferries", None),
        ("https://images.dawn.com/", "https://www.dawn.com/news/7/ferries", "7"),
    ],
)
def test_links_of_a_listing_begin_at_the_base_of_its_page(base: str, href: str, story_id: str | None) -> None:
    reader = spider(mode="latest")
    shown = card(7).replace("https://www.dawn.com/news/7/ferries", href)
    page = listing_page("/latest-news/", f"<base href='{base}'>{shown}" if base else shown)
    list(reader.parse_listing(page, section=None))
    assert list(reader.listed) == ([story_id] if story_id else [])


def test_a_story_with_a_very_long_slug_is_fetched_without_it() -> None:
    reader = spider(mode="latest")
    reader.listings_left = 1
    shown = card(7).replace("/ferries", f"/{'a' * 2500}") + card(8)
    found = list(reader.parse_listing(listing_page("/latest-news", shown), section=None))
    assert [one.url for one in found] == ["https://www.dawn.com/news/7", "https://www.dawn.com/news/8/ferries"]
