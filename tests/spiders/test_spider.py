"""The spider's rules for an edition: which stories of its pages belong to it."""

from datetime import date
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from akhbar.story import Story
from spiders.spider import DawnSpider
from tests.spiders.markup import card, time

EDITION = date(2016, 1, 22)
TITLE = "Ferries return to the lake"
TEXT = "THATTA: The first ferry in a decade crossed the lake on Monday."


def spider(**arguments: str) -> DawnSpider:
    return DawnSpider.from_crawler(get_crawler(DawnSpider), **arguments or {"edition": str(EDITION)})


def response(path: str, page: str, **meta: Any) -> HtmlResponse:
    url = f"https://www.dawn.com{path}"
    text = f"<html>{page}</html>"
    return HtmlResponse(url, body=text.encode(), encoding="utf-8", request=Request(url, meta=meta))


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
    reader = spider()
    page = f"<body>{card(7, time=time(label, instant))}{card(8)}</body>"
    list(reader.parse_section(response(f"/newspaper/national/{EDITION}", page, role="listing"), "National"))
    assert list(reader.listed) == (["7", "8"] if of_the_edition else ["8"]), "a card without a time is believed"


@WINDOW
def test_a_listed_story_is_of_the_edition_only_if_its_own_page_was_published_around_it(
    label: str, instant: str, of_the_edition: bool
) -> None:
    reader = spider()
    section = response(f"/newspaper/national/{EDITION}", f"<body>{card(7)}</body>", role="listing")
    list(reader.parse_section(section, "National"))
    page = (
        f"<head><meta property='og:title' content='{TITLE}'></head><body><article class='story'>"
        f"<div class='template__header'>{time(label, instant)}</div>"
        f"<div class='template__main'><div class='story__content'><p>{TEXT}</p></div></div></article></body>"
    )
    [story] = reader.parse_story(response("/news/7/ferries", page, role="story", story_id="7"), "7")
    assert isinstance(story, Story)
    assert (story.section, story.edition_date) == (("National", str(EDITION)) if of_the_edition else (None, None))
