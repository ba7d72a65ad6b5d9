"""One page on its own: its address, its newspaper, and the reader that reads it."""

from collections.abc import Callable

import pytest

from akhbar.newspaper import Newspaper
from spiders.reading.page import PageRead, UnreadablePageError, read_page
from tests.spiders.dawn import DAWN, FETCHED_AT
from tests.spiders.markup import meta, unknown_layout

GENERAL: Callable[[str], Newspaper | None] = lambda address: None  # noqa: E731
STORY = unknown_layout("Ferries return")


def read(page: str, address: str | None = None, at: Callable[[str], Newspaper | None] = GENERAL) -> PageRead:
    return read_page(page.encode(), None, address, None, at, FETCHED_AT)


def test_a_page_that_names_its_address_is_read_at_it() -> None:
    page = STORY.replace("<head>", "<head>" + meta("og:url", "https://www.gazette.example/ferries"))
    asked: list[str] = []
    assert read(page, None, lambda address: asked.append(address)).address == "https://www.gazette.example/ferries"
    assert asked == ["https://www.gazette.example/ferries"]


def test_a_given_newspaper_is_not_looked_up_and_its_links_are_resolved() -> None:
    page = STORY.replace("<p>THATTA", "<p><a href='news/8'>Read: goats</a></p><p>THATTA")
    found = read_page(page.encode(), None, None, DAWN, pytest.fail, FETCHED_AT)
    assert (found.address, found.paper) == (None, DAWN)


def test_a_syndicated_story_belongs_to_the_declared_newspaper() -> None:
    head = "<link rel='canonical' href='https://other.example/7'>" + meta("og:url", "https://www.dawn.com/news/7")
    page = STORY.replace("<head>", f"<head>{head}").replace("<body>", "<body><a href='https://www.dawn.com/'>Home</a>")
    found = read(page, at=lambda url: DAWN if "dawn.com" in url else None)
    assert (found.address, found.paper) == ("https://www.dawn.com/news/7", DAWN)


def test_a_given_address_takes_precedence() -> None:
    page = STORY.replace("<head>", "<head>" + meta("og:url", "https://other.example/"))
    assert read(page, "https://www.gazette.example/7").address == "https://www.gazette.example/7"


def test_a_page_that_names_no_address_has_none() -> None:
    found = read(STORY)
    assert (found.address, found.paper, found.article.title) == (None, None, "Ferries return")


def test_a_declared_newspapers_page_is_read_by_its_platforms_reader() -> None:
    page = (
        "<html><head><title>Ferries return</title></head><body><article class='story'><h2 class='story__title'>"
        "<a href='/news/7'>Ferries return</a></h2>"
        "<span class='story__byline'>Sana Mirza</span><div class='story__content'><p>The first ferry in a decade "
        "crossed the lake on Monday, with forty people and one goat.</p>"
        "<p>Read: <a href='8/goats'>Goats afloat</a></p></div></article></body></html>"
    )
    asked: list[str] = []

    def newspaper_at(address: str) -> Newspaper:
        asked.append(address)
        return DAWN

    found = read(page, "https://www.dawn.com/news/7", newspaper_at)
    assert asked == ["https://www.dawn.com/news/7"]
    assert found.paper is DAWN
    assert (found.article.authors, found.article.language) == (["Sana Mirza"], "en")
    assert len(found.article.paragraphs) == 1, "the relative link to another story is recognised"
    assert read(page, "https://www.dawn.com/news/7").article.authors == [], "no other reader knows its class names"


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("", "it is not an HTML page"),
        ("<html><body></body></html>", "no headline was found on it"),
        ("A text file that no newspaper has ever published as a story", "no headline was found on it"),
        ("<html><title>Log in</title><body>Please log in to continue reading</body></html>", "it is a login page"),
    ],
)
def test_a_page_without_a_story_is_reported(page: str, why: str) -> None:
    with pytest.raises(UnreadablePageError, match=why):
        read(page)
