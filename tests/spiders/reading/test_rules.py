"""Declared selectors and patterns: what the general reader finds with them, and when it does not trust them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from spiders.reading import Article
from spiders.reading.article import Origin, read_article
from spiders.reading.html import parse
from spiders.reading.rules import rules_of
from spiders.reading.text import agreement
from tests.spiders.gazette import GENERAL
from tests.spiders.markup import ld_json, meta

PARAGRAPHS = [
    "THATTA: The first ferry in a decade crossed the lake on Monday, with forty people and one goat on board.",
    "Its owner said that the fare would stay at twenty rupees until the bridge is repaired, whenever that is.",
    "Fishermen watched from the jetty and wondered whether their boats would still be hired for weddings.",
]
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
COMMENTS = "".join(
    f"<p>Reader {number} remembers another ferry, and a longer queue at the jetty.</p>" for number in range(9)
)
ORIGIN = Origin(f"{GENERAL.home_page}/ferries", datetime(2026, 11, 23, tzinfo=UTC), GENERAL.zone)


def article(page: str, head: str = "", **declared: Any) -> Article:
    root = parse(f"<html><head>{head}</head><body>{page}</body></html>".encode(), "text/html; charset=utf-8")
    return read_article(root, ORIGIN, rules_of(replace(GENERAL, **declared)))


@pytest.mark.parametrize(
    ("title_from", "title"),
    [(("ld", "og", "h1"), "By JSON-LD"), (("og",), "By Open Graph"), (("h1", "og"), "By heading"), ((), "By JSON-LD")],
)
def test_the_declared_sources_of_the_headline_come_first(title_from: Any, title: str) -> None:
    head = ld_json(headline="By JSON-LD") + meta("og:title", "By Open Graph")
    assert article(f"<h1>By heading</h1>{TEXT}", head, title_from=title_from).title == title


def test_a_missing_source_of_the_headline_is_replaced_by_the_others() -> None:
    assert article(TEXT, ld_json(headline="By JSON-LD"), title_from=("h1",)).title == "By JSON-LD"


def test_the_headline_can_be_a_part_of_its_heading() -> None:
    heading = "<h1><b>Keti Bunder</b><span class='line'>Ferries return</span></h1>"
    assert article(heading + TEXT, title_from=("h1 > .line", "og")).title == "Ferries return"
    assert article(TEXT, meta("og:title", "By Open Graph"), title_from=("h1 > .line",)).title == "By Open Graph"


BYLINE = "<p class='who'>By <a href='/a/1'>Amina Shah</a> and <a href='/a/2'>Bilal Khan</a></p>"


def test_the_declared_byline_is_read_where_metadata_has_no_author() -> None:
    found = article(BYLINE + TEXT, byline=(".who",))
    assert (found.authors, found.sources["authors"]) == (["Amina Shah", "Bilal Khan"], "declared selector")
    assert article(BYLINE + TEXT, meta("author", "Zoe Ali"), byline=(".who",)).authors == ["Zoe Ali"]
    assert article(BYLINE + TEXT).authors == []


def test_a_byline_in_the_text_can_be_left_out_of_it() -> None:
    declared: dict[str, Any] = {"byline": ("p.writer",), "leave_out": ("p.writer",), "body": ("main",)}
    found = article(f"<main><p class='writer'>By Amina Shah</p>{TEXT}</main>", **declared)
    assert (found.authors, found.paragraphs) == (["Amina Shah"], PARAGRAPHS)


@pytest.mark.parametrize(
    "line", ["Amina Shah", "By AMINA SHAH", "By Amina Shah and Bilal Khan", "— Bilal Khan, Amina Shah"]
)
def test_a_line_that_only_names_the_authors_is_not_part_of_the_text(line: str) -> None:
    head = meta("author", "Amina Shah") + meta("author", "Bilal Khan")
    for declared in ({}, {"body": ("main",)}):
        assert article(f"<main><p>{line}</p>{TEXT}</main>", head, **declared).paragraphs == PARAGRAPHS


def test_a_line_that_says_more_than_the_authors_names_is_part_of_the_text() -> None:
    line = "Amina Shah was on the first ferry."
    found = article(f"<main><p>{line}</p>{TEXT}</main>", meta("author", "Amina Shah"), body=("main",))
    assert found.paragraphs == [line, *PARAGRAPHS]


def test_a_declared_byline_can_take_precedence_over_wrong_metadata() -> None:
    head, declared = meta("author", "Web Editor"), {"byline": (".who",), "over_metadata": ("byline",)}
    assert article(BYLINE + TEXT, head, **declared).authors == ["Amina Shah", "Bilal Khan"]
    assert article(TEXT, head, **declared).authors == ["Web Editor"]


def test_declared_times_and_tags_can_take_precedence_over_wrong_metadata() -> None:
    head = ld_json(headline="Ferries return", datePublished="2026-03-01T08:00+05:00", keywords="news, weather")
    page = f"<i class='when'>March 5, 2026 08:15am</i><i class='tag'>Lakes</i>{TEXT}"
    declared = {"date": (".when",), "tags": (".tag",)}
    ours = article(page, head, over_metadata=("date", "tags"), **declared)
    theirs = article(page, head, **declared)
    assert (ours.published_at, ours.tags) == ("2026-03-05T08:15:00+05:00", ["Lakes"])
    assert (theirs.published_at, theirs.tags) == ("2026-03-01T08:00:00+05:00", ["news", "weather"])


@pytest.mark.parametrize(
    "content",
    [
        "Von Lea Wagner",
        "par Lea Wagner",
        "Autorin: Lea Wagner",
        "von <a href='/a/1'>Lea Wagner</a>",
        "<b>Redaktion</b> Lea Wagner",
        "<b>Redaktion</b> <a href='/a/1'>Lea Wagner</a>",
    ],
)
def test_the_label_of_a_declared_byline_is_not_part_of_the_name(content: str) -> None:
    found = article(f"<p class='who'>{content}</p>{TEXT}", byline=(".who",), leave_out=(".who > b",))
    assert found.authors == ["Lea Wagner"]


def test_a_name_that_contains_the_word_of_a_label_is_whole() -> None:
    found = article(f"<p class='who'>Lea von Arx, Avnur Byström</p>{TEXT}", byline=(".who",))
    assert found.authors == ["Lea von Arx", "Avnur Byström"]


@pytest.mark.parametrize(
    ("shown", "date_format", "at", "on"),
    [
        ("March 5, 2026 08:15am", None, "2026-03-05T08:15:00+05:00", None),
        ("March 5, 2026", None, None, "2026-03-05"),
        ("Published: March 5, 2026", None, None, "2026-03-05"),
        ("Posted on March 5, 2026 08:15am", None, "2026-03-05T08:15:00+05:00", None),
        ("05/03/26 20.15", "%d/%m/%y %H.%M", "2026-03-05T20:15:00+05:00", None),
        ("05/03/26", "%d/%m/%y", None, "2026-03-05"),
        ("yesterday", "%d/%m/%y", None, None),
    ],
)
def test_the_declared_time_is_read_in_the_declared_format(
    shown: str, date_format: str | None, at: str | None, on: str | None
) -> None:
    found = article(f"<i class='when'>{shown}</i>{TEXT}", date=(".when",), date_format=date_format)
    assert (found.published_at, found.published_date) == (at, on)


def test_declared_tags_are_read_where_metadata_has_none() -> None:
    assert article("<ul><li class='tag'>Lakes</li><li class='tag'>Ferries</li></ul>" + TEXT, tags=(".tag",)).tags == [
        "Lakes",
        "Ferries",
    ]


def test_the_declared_element_has_the_text() -> None:
    found = article(f"<div class='text'>{TEXT}</div>", body=("div.text",))
    assert (found.paragraphs, found.extracted_by, found.sources["body"]) == (
        PARAGRAPHS,
        "selectors",
        "declared selector",
    )


@pytest.mark.parametrize("body", [("div.old", "div.text"), ("div.text > p",), ("div.old, div.text",)])
def test_a_declaration_can_have_selectors_for_several_layouts_and_for_paragraphs(body: Any) -> None:
    assert article(f"<div class='text'>{TEXT}</div>", body=body).paragraphs == PARAGRAPHS


STANDFIRST = "The lake had been without a ferry for ten years."


@pytest.mark.parametrize("lead", ["p", "h2", "div"])
@pytest.mark.parametrize("selector", ["{0}.lead, div.text", "div.text, {0}.lead", "{0}.lead, div.text, div.text > p"])
def test_a_text_can_have_several_parts(lead: str, selector: str) -> None:
    page = f"<header><{lead} class='lead'>{STANDFIRST}</{lead}></header><div class='text'>{TEXT}</div>"
    assert article(page, body=(selector.format(lead),)).paragraphs == [STANDFIRST, *PARAGRAPHS]


def test_the_longest_element_of_each_part_is_the_storys() -> None:
    promoted = "<div class='lead'>Ten recipes</div><div class='text'><p>Ten recipes for the holidays.</p></div>"
    page = f"{promoted}<div class='lead'>{STANDFIRST}</div><div class='text'>{TEXT}</div>{promoted}"
    assert article(page, body=("div.lead, div.text",)).paragraphs == [STANDFIRST, *PARAGRAPHS]


def test_subheads_and_list_items_can_be_declared_with_the_paragraphs() -> None:
    fares = "<h2>Fares</h2><ul><li>Twenty rupees</li><li>Goats: ten</li></ul>"
    page = f"<div class='text'>{TEXT}{fares}<i>Share this</i></div>"
    found = article(page, body=(".text > p, .text > h2, .text li",))
    assert found.paragraphs == [*PARAGRAPHS, "Fares", "Twenty rupees", "Goats: ten"]


def test_a_shorter_element_with_the_same_class_is_not_the_story() -> None:
    promoted = f"<div class='text'><p>{PARAGRAPHS[2]}</p></div>"
    assert article(f"{promoted}<div class='text'>{TEXT}</div>", body=("div.text",)).paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    "page",
    [
        f"<main><article>{TEXT}</article></main>",
        f"<main><article><div class='text'></div>{TEXT}</article></main>",
        f"<main><div class='text'><p>Forty people were on board, and one goat.</p></div>{TEXT * 2}</main>",
    ],
    ids=["nothing", "an empty element", "far too little"],
)
def test_where_a_declared_selector_is_out_of_date_the_general_reader_takes_over(page: str) -> None:
    found = article(page, body=("div.text",))
    assert found.extracted_by == "fallback"
    assert set(PARAGRAPHS) <= set(found.paragraphs)


def test_a_short_story_with_many_comments_is_still_read_by_its_selector() -> None:
    short = "<div class='text'><p>The ferry did not run on Sunday, because its engineer was at a wedding.</p></div>"
    found = article(f"<article>{short}</article><div class='comments'>{COMMENTS}</div>", body=("div.text",))
    assert (found.extracted_by, len(found.paragraphs)) == ("selectors", 1)


def test_without_a_declared_selector_the_general_reader_is_the_declared_way() -> None:
    assert article(f"<main>{TEXT}</main>").extracted_by == "general"


@pytest.mark.parametrize("body", [("div.text",), ()])
def test_declared_elements_and_lines_are_left_out(body: Any) -> None:
    promotion = "<div class='app'><p>Read this story in the app, where the ferry can be watched in real time.</p></div>"
    line = "<p>Additional input from the harbour desk, which is open at night.</p>"
    page = f"<main><div class='text'>{promotion}{TEXT}{line}</div></main>"
    found = article(page, body=body, leave_out=(".app", ".none"), not_lines="Additional input from .*")
    assert found.paragraphs == PARAGRAPHS
    assert len(article(page, body=body).paragraphs) == 5


@pytest.mark.parametrize("body", ["div.text", "div.text p"])
def test_what_is_left_out_can_be_described_by_where_it_is_on_the_page(body: str) -> None:
    promotion = "<div class='box'><p>Read this story in the app, where the ferry can be watched in real time.</p></div>"
    page = f"<main><div class='text'>{TEXT}{promotion}</div></main>"
    assert article(page, body=(body,), leave_out=("main .box",)).paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    ("free", "text", "is_cut"),
    [
        (False, TEXT, True),
        ("False", TEXT, True),
        ("http://schema.org/False", TEXT, True),
        (True, TEXT, False),
        (None, TEXT, False),
        (False, TEXT * 10, False),
    ],
)
def test_a_paywall_cuts_a_story_if_it_says_so_and_little_text_is_left(free: Any, text: str, is_cut: bool) -> None:
    head = ld_json(headline="Ferries return", **({} if free is None else {"isAccessibleForFree": free}))
    assert article(f"<main>{text}</main>", head).is_cut is is_cut


@pytest.mark.parametrize(
    ("whole", "parts", "is_cut"),
    [
        ({}, {"@type": "WebPageElement", "isAccessibleForFree": "False"}, True),
        ({}, [{"isAccessibleForFree": True}, {"isAccessibleForFree": False}], True),
        ({}, {"isAccessibleForFree": True}, False),
        ({"isAccessibleForFree": True}, {"isAccessibleForFree": False}, False),
    ],
)
def test_a_paywall_can_say_so_of_parts_of_a_story(whole: dict[str, Any], parts: Any, is_cut: bool) -> None:
    head = ld_json(headline="Ferries return", hasPart=parts, **whole)
    assert article(f"<main>{TEXT}</main>", head).is_cut is is_cut


def test_the_agreement_with_the_general_reader_shows_a_selector_that_finds_other_text() -> None:
    page = f"<main><div class='text'>{TEXT}</div></main><div class='comments more'>{COMMENTS}</div>"
    root = parse(f"<html><body>{page}</body></html>".encode(), None)
    ours, other = (rules_of(replace(GENERAL, body=(one,))) for one in ("div.text", "div.more"))
    good, bad = (agreement(root, read_article(root, ORIGIN, rules), rules) for rules in (ours, other))
    assert good > 0.5
    assert good > bad


def test_the_tree_is_not_changed() -> None:
    root = parse(f"<html><body><div class='text'><i class='app'>x</i>{TEXT}</div></body></html>".encode(), None)
    rules = rules_of(replace(GENERAL, body=("div.text",), leave_out=(".app",)))
    read_article(root, ORIGIN, rules)
    assert root.find(".//i") is not None
