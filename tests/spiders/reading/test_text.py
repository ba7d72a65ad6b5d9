"""The text of a story page according to the general reader, on pages that are short or hold more than the story."""

import pytest

from spiders.reading.html import parse
from spiders.reading.rules import Rules
from spiders.reading.text import folded, general_text

FIRST, SECOND = (
    "THATTA: The first ferry in a decade crossed the lake on Monday.",
    "A goat, which belongs to its engineer, travelled free of charge.",
)
STORY = f"<p>{FIRST}</p><p>{SECOND}</p>"
HEADER = "<header><h1>Ferries return</h1><span>Amina Shah</span> <span>Published Jan 22, 2016</span></header>"


def text(body: str) -> list[str]:
    return text_of_page(f"<div class='page'><article>{HEADER}{body}</article></div>")


def text_of_page(body: str) -> list[str]:
    root = parse(f"<html><body>{body}</body></html>".encode(), None)
    return general_text(root, {folded("Ferries return")}, Rules())[0]


def test_the_text_of_a_short_page_is_its_paragraphs_without_headline_and_byline() -> None:
    assert text(STORY) == [FIRST, SECOND]
    assert text(f"<p>{FIRST}</p>") == [FIRST]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='signup'><p>Sign up for our morning briefing, with the top stories of the day.</p></div>",
        "<div id='div-gpt-ad-1'><p>Advertisement: buy now the best rice of the lake</p></div>",
        "<div class='related-stories'><p>The ferry that never came, and who waited for it</p></div>",
        "<div hidden><p>The ferry that never came, and who waited for it</p></div>",
        "<p aria-hidden='true'>The ferry that never came, and who waited for it</p>",
        "<div style='display: none'><p>The ferry that never came, and who waited for it</p></div>",
        "<div role='complementary'><p>The ferry that never came, and who waited</p></div>",
        "<figure><img src='x.jpg'><figcaption>The ferry on Monday.</figcaption></figure>",
        "<noscript><p>Enable scripts to see the ferry cross the lake.</p></noscript>",
        "<p>Read more: The ferry that never came</p>",
        "<p>Jan 22, 2016</p>",
    ],
)
def test_what_a_reader_does_not_see_as_the_story_is_left_out(box: str) -> None:
    assert text(f"{box}{STORY}") == [FIRST, SECOND]


def test_a_box_around_the_story_is_not_left_out() -> None:
    assert text(f"<div class='subscribe trending'>{STORY}</div>") == [FIRST, SECOND]


def test_a_figure_that_was_never_closed_keeps_the_text_in_it() -> None:
    assert text(f"<figure><img src='x.jpg'><figcaption>The ferry.</figcaption>{STORY}") == [FIRST, SECOND]


@pytest.mark.parametrize("where", ["<main>{other}{own}</main>", "<main>{own}{other}</main>"])
def test_the_stories_before_and_after_it_are_not_part_of_a_story(where: str) -> None:
    boats = "<p>Boats crossed the sea on Monday.</p>" * 9
    other = f"<article><h2><a href='/boats'>Boats return</a></h2>{boats}</article>"
    own = f"<article><h1>Ferries return</h1>{STORY}</article>"
    assert text_of_page(where.format(own=own, other=other)) == [FIRST, SECOND]


def test_a_page_whose_articles_all_have_other_headlines_is_read_whole() -> None:
    assert set(text_of_page(f"<article><h2>Ferries are back</h2>{STORY}</article>")) >= {FIRST, SECOND}


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        ("Amina Shah Updated 22 January 2016", False),
        ("By Amina Shah | 22.01.2016", False),
        ("What the crisis of 2008 meant for ferries", True),
        ("It was published on January 22, 2016.", True),
        ("The ferry of 22 passengers", True),
    ],
)
def test_a_byline_with_a_time_at_the_beginning_is_not_part_of_the_text(line: str, is_kept: bool) -> None:
    assert (line in text(f"<p>{line}</p>{STORY}")) is is_kept


def test_the_edition_at_the_end_of_a_text_is_not_a_paragraph() -> None:
    page = f"<html><body><article>{STORY}<p>Published in The Gazette, January 22nd, 2016</p></article></body></html>"
    assert general_text(parse(page.encode(), None), set(), Rules()) == ([FIRST, SECOND], "2016-01-22")
