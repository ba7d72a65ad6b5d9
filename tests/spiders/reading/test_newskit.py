"""Fields of a story page, each on the smallest page that shows it."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from spiders.reading import newskit
from spiders.reading.newskit import Page, read_story

ZONE = ZoneInfo("Asia/Karachi")
TITLE = "Ferries return to the lake"
TEXT = "<p>THATTA: The first ferry in a decade crossed the lake on Monday.</p>"


def page(head: str = "", byline: str = "", body: str = TEXT, title: str = TITLE) -> Page:
    """A story page of the current layout, with these parts in it."""
    text = (
        f"<html><head><meta property='og:title' content='{title}'>{head}</head><body><article class='story'>"
        f"<div class='template__header'><h2 class='story__title'>{title}</h2>{byline}</div>"
        f"<div class='template__main'><div class='story__content'>{body}</div></div></article></body></html>"
    )
    return read_story(newskit.parse(text.encode(), "utf-8"), ZONE)


def ld_json(**article: Any) -> str:
    """A script element with a JSON-LD article of these properties."""
    block = {"@context": "https://schema.org", "@type": "NewsArticle", **article}
    return f"<script type='application/ld+json'>{json.dumps(block)}</script>"


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("Ferries return to the lake - Sport - DAWN.COM", "Sport"),
        ("Ferries return - to the lake - Sport - Dawn.com", "Sport"),
        ("Ferries return - DAWN.COM", None),
        ("Ferries - Lakes - Boats", None),
        ("Ferries return to the lake - Newspaper - DAWN.COM", None),
        ("Ferries return to the lake", None),
    ],
)
def test_the_section_is_read_from_the_pages_title(title: str, section: str | None) -> None:
    assert page(f"<title>{title}</title>").section == section


@pytest.mark.parametrize("vague", ["Newspaper", "Home", "Dawn", "Dawn.com", "News", TITLE])
def test_a_vague_section_gives_way_to_a_more_specific_one(vague: str) -> None:
    section = f"<meta property='article:section' content='{vague}'>"
    assert page(section).section is None
    assert page(f"{section}{ld_json(articleSection='Karachi')}").section == "Karachi"


@pytest.mark.parametrize("vague", ["Dawn", "dawn", "Dawn.com", "DAWN.COM", "Editorial"])
def test_the_newspaper_is_not_an_author_of_its_stories(vague: str) -> None:
    people = [{"@type": "Person", "name": vague}, {"@type": "Person", "name": "Sana Mirza"}]
    assert page(ld_json(author=people)).authors == ["Sana Mirza"]
    assert page(ld_json(author=people[0])).authors == []


@pytest.mark.parametrize("byline", ["Editorial", "<a href='/authors/8/x'>Editorial</a>", "<a href='/x'> </a>"])
def test_a_byline_that_names_nobody_leaves_the_authors_to_the_json_ld(byline: str) -> None:
    found = page(ld_json(author="Sana Mirza"), byline=f"<span class='story__byline'>{byline}</span>")
    assert found.authors == ["Sana Mirza"]


@pytest.mark.parametrize(
    ("url", "image"),
    [
        ("https://i.dawn.com/large/2026/06/ferry.jpg", "https://i.dawn.com/large/2026/06/ferry.jpg"),
        ("https://www.dawn.com/_img/social-default.jpg", None),
        ("https://www.dawn.com/_img/social-default.png?v=2", None),
    ],
)
@pytest.mark.parametrize("where", ["<meta property='og:image' content='{}'>", ld_json(image="{}")])
def test_the_newspapers_default_image_is_not_the_storys(where: str, url: str, image: str | None) -> None:
    assert page(where.replace("{}", url)).image_url == image


@pytest.mark.parametrize(
    "title",
    [
        "Video: A ferry crosses the lake",
        "WATCH: A ferry crosses the lake",
        "Watch a ferry cross the lake",
        "Cartoon: 19 June, 2026",
        "Chart: Who crosses the lake",
        "Infographic: The lake in figures",
        "In pictures: A day on the ferry",
    ],
)
def test_a_page_whose_headline_announces_no_text_has_none(title: str) -> None:
    assert page(title=title, body="").textless
    assert not page(title=title).textless, "a page with a text is a story, whatever its headline says"


@pytest.mark.parametrize("title", ["Watchdog counts the ferries", "Charter for ferries", "Nobody will watch the ferry"])
def test_a_page_without_its_text_is_not_taken_for_a_video(title: str) -> None:
    assert not page(title=title, body="").textless


@pytest.mark.parametrize("kind", ["video", "video.other", "Video.Episode"])
def test_a_page_of_type_video_has_no_text(kind: str) -> None:
    assert page(f"<meta property='og:type' content='{kind}'>", body="").textless
