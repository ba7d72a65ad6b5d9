"""A feed, sitemap or listing that answers and names no story is reported."""

from collections import Counter

import pytest

from spiders.reading.html import parse
from spiders.yields import Yields, linked_stories
from tests.spiders.dawn import SITE


@pytest.fixture
def counted() -> Counter[str]:
    return Counter()


@pytest.fixture
def yields(counted: Counter[str]) -> Yields:
    return Yields(lambda name: counted.update([name]))


def test_a_page_with_stories_is_not_reported(yields: Yields, counted: Counter[str]) -> None:
    yields.add("/feeds/home", 12, 11)
    assert not counted


def test_a_page_without_entries_is_empty_and_one_without_readable_stories_is_barren(
    yields: Yields, counted: Counter[str]
) -> None:
    yields.add("/feeds/tech", 0, 0)
    yields.add("/feeds/home", 12, 0)
    assert counted == {"empty/feeds/tech": 1, "barren/feeds/home": 1}


def test_the_sitemaps_of_an_index_are_judged_together(yields: Yields, counted: Counter[str]) -> None:
    yields.expect("/sitemap.xml", 2)
    yields.add("/sitemap.xml", 5, 0)
    yields.add("/sitemap.xml", 5, 3)
    assert not counted
    yields.expect("/other.xml", 2)
    yields.add("/other.xml", 5, 0)
    yields.add("/other.xml", 5, 0)
    assert counted == {"barren/other.xml": 1}


def test_an_index_is_judged_by_the_sitemaps_that_could_be_read(yields: Yields, counted: Counter[str]) -> None:
    for path in ("/sitemap.xml", "/other.xml", "/lost.xml"):
        yields.expect(path, 2)
        yields.lose(path)
    yields.add("/sitemap.xml", 5, 0)
    yields.add("/other.xml", 5, 3)
    yields.lose("/lost.xml")
    assert counted == {"barren/sitemap.xml": 1}


def test_links_in_menus_and_side_columns_are_not_those_of_the_main_column() -> None:
    menu, column = "<nav><a href='/news/1'>1</a></nav>", "<p><a href='/news/2/x'>2</a><a href='/live/3'>3</a></p>"
    page = f"<html><body>{menu}{column}</body></html>".encode()
    assert linked_stories(parse(page, None), SITE) == {"2"}
