"""Selectors: a union of alternatives finds what CSS finds, in document order."""

from typing import Any

import pytest
from lxml.cssselect import CSSSelector

from spiders.reading.html import css, parse
from tests.replica import PAGES


@pytest.mark.parametrize(
    "selector", [".story__excerpt, .story-excerpt", "article.story, div.story__title", "h2.story__title"]
)
def test_a_selector_finds_the_elements_that_css_finds(selector: str) -> None:
    expected: Any = CSSSelector(selector, translator="html")
    found = 0
    for page in sorted(PAGES.rglob("*.html")):
        root = parse(page.read_bytes(), "utf-8")
        for region in (root, *root.iter("article", "aside")):
            assert css(selector)(region) == expected(region), page
            found += len(expected(region))
    assert found > 10
