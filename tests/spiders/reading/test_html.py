"""HTML: encodings, incomplete pages, text and selectors."""

from typing import Any

import pytest
from lxml import etree
from lxml.cssselect import CSSSelector

from spiders.reading.html import ParserLimitError, css, css_parts, is_cut_short, parse, text_of
from tests.replica import PAGES


@pytest.mark.parametrize(
    ("encoded_as", "declared"),
    [("utf-8", "utf-8"), ("utf-8", "windows-1252"), ("windows-1252", "windows-1252")],
)
def test_a_page_is_read_in_its_actual_encoding_whatever_is_declared(encoded_as: str, declared: str) -> None:
    markup = "<html><body><p>A café on the pier – “cheap”</p></body></html>"
    assert text_of(parse(markup.encode(encoded_as), f"text/html; charset={declared}")) == "A café on the pier – “cheap”"


def test_a_page_without_any_element_cannot_be_parsed() -> None:
    with pytest.raises(etree.ParserError):
        parse(b"<!-- nothing -->", None)


@pytest.mark.parametrize(("depth", "too_deep"), [(1_000, False), (3_000, True)])
def test_a_page_that_the_parser_would_truncate_is_an_error(depth: int, too_deep: bool) -> None:
    page = b"<div>" * depth + b"The ferry"
    if too_deep:
        with pytest.raises(ParserLimitError):
            parse(page, None)
    else:
        assert text_of(parse(page, None)) == "The ferry"


def test_white_space_in_text_is_folded() -> None:
    assert text_of(parse(b"<p> One \n\t<b>two</b>\n three </p>", None)) == "One two three"


@pytest.mark.parametrize(
    ("document", "cut"),
    [
        (b"<html><body><p>The fer", True),
        (b"<html><body><p>The ferry</p></body></html>" + b"<!-- cached -->" * 50, False),
        (b"<HTML><body><p>The ferry</p></body></HTML>", False),
        (b"<?xml version='1.0'?><rss><channel><item>", True),
        (b"<urlset><url></url>", True),
        (b"<urlset></urlset>", False),
    ],
)
def test_a_document_without_its_end_tag_is_cut_short(document: bytes, cut: bool) -> None:
    assert is_cut_short(document) == cut


@pytest.mark.parametrize(
    "selector", [".story__excerpt, .story-excerpt", "article.story, div.story__title", "h2.story__title"]
)
def test_a_selector_finds_the_same_elements_as_css(selector: str) -> None:
    expected: Any = CSSSelector(selector, translator="html")
    found = 0
    for page in sorted(PAGES.rglob("*.html")):
        root = parse(page.read_bytes(), None)
        for region in (root, *root.iter("article", "aside")):
            assert css(selector)(region) == expected(region), page
            found += len(expected(region))
    assert found > 10


def test_the_alternatives_of_a_selector_are_compiled_one_by_one() -> None:
    page = parse(b"<p class='a'>1</p><div class='b'>2</div><p class='a b'>3</p>", None)
    found = [[text_of(element) for element in select(page)] for select in css_parts("p.a, .b")]
    assert found == [["1", "3"], ["2", "3"]]
