"""Bylines: who wrote a story, and whether the byline says that it is an editorial."""

import pytest

from spiders.reading.bylines import is_by_editorial, read_authors, without_own_names
from tests.spiders.dawn import DAWN
from tests.spiders.markup import element


@pytest.mark.parametrize(
    ("content", "authors"),
    [
        ("Sana Mirza", ["Sana Mirza"]),
        ("<a href='/authors/1/x'>Sana Mirza</a><a href='/authors/2/y'>Omar Rind</a>", ["Sana Mirza", "Omar Rind"]),
        ("By <a href='/authors/1/x'>Sana Mirza</a> in Thatta", ["Sana Mirza"]),
        ("Editorial", []),
        ("<a href='/authors/8/x'>Editorial</a>", []),
        ("<a href='/x'> </a>", []),
    ],
)
def test_the_authors_are_the_links_of_a_byline_or_else_its_text(content: str, authors: list[str]) -> None:
    assert read_authors([element(content)]) == authors


def test_the_first_byline_that_names_an_author_wins() -> None:
    assert read_authors([element(name) for name in ("Editorial", "Sana Mirza", "Omar Rind")]) == ["Sana Mirza"]


@pytest.mark.parametrize("name", ["Dawn", "dawn", "Dawn.com", "DAWN.COM", "Editorial"])
def test_the_newspaper_is_not_an_author_of_its_stories(name: str) -> None:
    assert without_own_names([name, "Sana Mirza"], DAWN.own_names) == ["Sana Mirza"]
    assert without_own_names([name], DAWN.own_names) == []


@pytest.mark.parametrize(
    ("content", "editorial"),
    [
        ("Editorial", True),
        ("<a href='https://www.dawn.com/newspaper/editorial/'>From the paper</a>", True),
        ("<a href='/authors/1/x'>Sana Mirza</a>", False),
        ("Editorial board of a journal", False),
    ],
)
def test_a_byline_marks_an_editorial_by_its_text_or_its_link(content: str, editorial: bool) -> None:
    assert is_by_editorial([element(content)]) is editorial
