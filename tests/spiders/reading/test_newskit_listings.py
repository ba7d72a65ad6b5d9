"""Listings of the NewsKit platform: the stories of the main column, each once, and the editorials of the sidebar."""

import json
from datetime import date
from pathlib import Path

import pytest

from spiders.listings import Listing
from spiders.reading.html import parse
from spiders.reading.newskit import read_listing
from tests.replica import PAGES, edition_story, hourly_story, templates
from tests.spiders.dawn import SITE
from tests.spiders.markup import card


def listing(page: Path | str) -> Listing:
    """What a page lists, given as a file of the replica or as markup."""
    text = page if isinstance(page, str) else page.read_text()
    return read_listing(parse(text.encode(), "utf-8"), SITE)


def story_ids(page: Path | str) -> list[str]:
    return [card.story_id for card in listing(page).stories]


# --- pages of the replica -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "stories"),
    [
        ("front-page/2016-01-22", ["1234501", "1234502", "1234503"]),
        ("national/2016-01-22", ["1234503", "1234504", "1234505", "1234506"]),
        ("editorial/2016-01-22", ["1234512", "1234511", "1234510", "1092233"]),
        ("business/2025-03-29", ["1900905", "1900908", "1900907"]),
        ("front-page/2013-12-23", ["1076741", "1076742"]),
        ("editorial/2026-06-19", ["2009013", "2009012", "2009011"]),
        ("back-page/2016-01-22", []),
    ],
)
def test_the_stories_of_the_main_column_are_listed_in_order(page: str, stories: list[str]) -> None:
    """A pointer to a story has the id in its link; no sponsored card, side box, sister site, live blog or cartoon."""
    assert story_ids(PAGES / "newspaper" / f"{page}.html") == stories


def test_cards_that_lead_to_other_sites_are_counted() -> None:
    assert listing(PAGES / "newspaper/national/2016-01-22.html").offsite == 2


def test_a_story_in_all_five_panes_of_the_latest_news_is_listed_once() -> None:
    stories = [hourly_story(490_000 + hour) for hour in range(6)]
    page = templates.get_template("latest-news.html").render(stories=stories)
    assert story_ids(page) == [str(story.number) for story in stories]


def test_the_home_page_lists_three_editorials_and_no_cartoon() -> None:
    editorials = [edition_story(date(2026, 6, 19), "editorial", place) for place in range(3)]
    page = templates.get_template("home.html").render(
        stories=[hourly_story(490_001), hourly_story(490_002)], editorials=editorials
    )
    found = listing(page)
    assert [card.story_id for card in found.editorials] == [str(story.number) for story in editorials]
    assert [card.title for card in found.editorials] == [story.title for story in editorials]
    assert [card.story_id for card in found.stories] == ["5490001", "5490002"]


def test_the_sidebar_of_a_story_page_lists_six_editorials() -> None:
    found = listing(PAGES / "news/1234501.html").editorials
    assert [card.story_id for card in found] == ["1900913", "1900912", "1900911", "1900713", "1900712", "1900711"]
    shown = {card.story_id: (card.published_at, card.updated_at) for card in found}
    assert shown["1900912"] == ("2025-03-29T00:00:00+05:00", None)
    assert shown["1900913"] == (None, "2025-03-29T00:00:00+05:00"), "an update is not the publication"


def test_every_expected_article_of_an_edition_is_listed() -> None:
    editions = json.loads((PAGES / "editions.json").read_text())
    for day, expected in editions.items():
        listed = {story_id for page in PAGES.glob(f"newspaper/*/{day}.html") for story_id in story_ids(page)}
        assert set(expected["articles"]) <= listed


def test_a_page_with_ten_thousand_empty_boxes_still_lists_its_stories() -> None:
    page = (PAGES / "newspaper/front-page/2016-01-22.html").read_text()
    boxes = "<aside><div><h4>Editorial</h4></div></aside>" * 10_000
    assert story_ids(page.replace("</body>", f"{boxes}</body>")) == story_ids(page)


# --- cards ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "headline", "excerpt"),
    [
        ("<article class='story'>", "<h2 class='story__title'><a", "<div class='story__excerpt'>"),
        ("<article class='story'>", "<h2><a class='story__link'", "<div class='story__excerpt'>"),
        ("<div class='story-type-row'>", "<h3 class='story-hed'><a", "<p class='story-excerpt'>"),
        ("<div class='story-type-newspaper-main'>", "<h3 class='story-hed'><a", "<p class='story-excerpt'>"),
    ],
)
def test_a_card_of_any_layout_has_a_headline_and_an_excerpt(card: str, headline: str, excerpt: str) -> None:
    shown = f"{card}{headline} href='/news/7/ferries'>Ferries return</a></h2>{excerpt}For twenty rupees."
    [found] = listing(shown).stories
    assert (found.story_id, found.title, found.excerpt) == ("7", "Ferries return", "For twenty rupees.")


def test_a_card_whose_link_has_no_text_is_not_a_story() -> None:
    assert story_ids(card(7, headline=" ")) == []


def test_a_card_without_a_link_does_not_count_as_leading_to_another_site() -> None:
    assert listing("<article class='story'>An advertisement</article>").offsite == 0


# --- boxes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "region",
    [
        "<aside>{}</aside>",
        "<header>{}</header>",
        "<footer>{}</footer>",
        "<nav>{}</nav>",
        "<div id='sponsored'>{}</div>",
        "<div class='slideshow'>{}</div>",
    ],
)
def test_stories_outside_the_main_column_are_not_listed(region: str) -> None:
    assert story_ids(f"<div>{card(7)}</div>{region.format(card(8))}") == ["7"]


@pytest.mark.parametrize(
    ("heading", "lists"),
    [
        ("Top Reads Today", False),
        ("Most read in the paper", False),
        ("Popular", False),
        ("TRENDING NOW", False),
        ("Must read", False),
        ("Editor’s picks", False),
        ("Recommended for you", False),
        ("Sponsored", False),
        ("More from this section", False),
        ("Latest Stories", False),
        ("Related", False),
        ("Also read", False),
        ("Today’s paper", True),
        ("Mustard seed prices", True),
        ("Most of the city had no water", True),
    ],
)
def test_the_stories_of_a_side_box_are_not_listed(heading: str, lists: bool) -> None:
    box = f"<div><h4>{heading}</h4><div>{card(8)}</div></div>"
    assert story_ids(f"<div>{card(7)}</div>{box}") == (["7", "8"] if lists else ["7"])


@pytest.mark.parametrize(
    ("heading", "is_box"), [("Editorial", True), ("EDITORIALS", True), ("Editorial board", False), ("Opinion", False)]
)
def test_the_editorials_box_is_identified_by_its_heading(heading: str, is_box: bool) -> None:
    found = listing(f"<div>{card(7)}</div><div><h4> {heading} </h4>{card(8)}</div>")
    assert [one.story_id for one in found.editorials] == (["8"] if is_box else [])
    assert [one.story_id for one in found.stories] == (["7"] if is_box else ["7", "8"])


@pytest.mark.parametrize("heading", ["<h1>Editorials</h1>", "<h1><span>Latest Stories</span></h1>", "<h1>مقبول</h1>"])
def test_the_heading_of_the_page_is_not_that_of_a_box(heading: str) -> None:
    found = listing(f"<body><main>{heading}{card(7)}{card(8)}</main></body>")
    assert ([card.story_id for card in found.stories], found.editorials) == (["7", "8"], [])


def test_a_box_can_have_a_heading_in_urdu() -> None:
    assert story_ids(f"<body><main>{card(7)}</main><div><h4>مقبول ترین</h4><div>{card(8)}</div></div></body>") == ["7"]
