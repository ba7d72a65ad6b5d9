"""Bylines: who wrote a story, and whether the byline says that it is an editorial."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.reading.bylines import (
    LINK_TO_CONTACT,
    PLACE_OR_ROLE,
    TIME,
    is_by_editorial,
    read_authors,
    without_own_names,
)
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
        ("از <a href='/authors/1/x'>احمد رضا</a>", ["احمد رضا"]),
        ("اداریہ", []),
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
        ("اداریہ", True),
    ],
)
def test_a_byline_marks_an_editorial_by_its_text_or_its_link(content: str, editorial: bool) -> None:
    assert is_by_editorial([element(content)]) is editorial


A, B, C = (
    "<a href='/authors/1'>Sana Mirza</a>",
    "<a href='/authors/2'>Omar Rind</a>",
    "<a href='/authors/3'>Ali Naqvi</a>",
)


@pytest.mark.parametrize(
    ("content", "authors"),
    [
        (f"By {A} and Omar Rind", ["Sana Mirza", "Omar Rind"]),
        (f"Sana Mirza, {B} and Ali Naqvi", ["Sana Mirza", "Omar Rind", "Ali Naqvi"]),
        (f"{A}, {B} &amp; {C}", ["Sana Mirza", "Omar Rind", "Ali Naqvi"]),
        (f"Reported by {A}; additional reporting by {B}", ["Sana Mirza", "Omar Rind"]),
        (f"Reporting by {A}, editing by Omar Rind", ["Sana Mirza", "Omar Rind"]),
        (f"{A} (with Reuters)", ["Sana Mirza", "Reuters"]),
        (f"{A} in Lahore and {B} in New York", ["Sana Mirza", "Omar Rind"]),
        (f"{A} | Updated January 22, 2016", ["Sana Mirza"]),
        (f"{A} | 22 Jan 2016", ["Sana Mirza"]),
        (f"{A} <span>5 min read</span>", ["Sana Mirza"]),
        (f"{A}, an hour ago", ["Sana Mirza"]),
        (f"{A} is a lawyer in Karachi", ["Sana Mirza"]),
        (f"{A} de la Cruz", ["Sana Mirza", "de la Cruz"]),
        (f"{A}, Staff Reporter", ["Sana Mirza"]),
        (f"{A} and Our Correspondent", ["Sana Mirza", "Our Correspondent"]),
        (f"{A} <a href='mailto:s@example.com'>Email</a> <a href='https://x.com/s'>@sana</a>", ["Sana Mirza"]),
        (f"{A} <a href='#comments'>3 comments</a>", ["Sana Mirza"]),
        (f"<!-- by -->{A}<!-- Omar Rind -->", ["Sana Mirza"]),
        (f"<b>{A}</b><i>{B}</i>", ["Sana Mirza", "Omar Rind"]),
        ("<a><span>Sana</span> <b>Mirza</b></a>", ["Sana Mirza"]),
        ("Sana Mirza<br>Omar Rind", ["Sana Mirza", "Omar Rind"]),
        ("<ul><li>Sana Mirza</li><li>Omar Rind</li></ul>", ["Sana Mirza", "Omar Rind"]),
        ("Sana Mirza <span>Published Jan 22, 2016</span>", ["Sana Mirza"]),
        ("Sana Mirza | Friday, January 22", ["Sana Mirza"]),
        ("The Friday Times", ["The Friday Times"]),
        ("Jonathan Last", ["Jonathan Last"]),
        ("Theresa May", ["Theresa May"]),
        ("USA Today", ["USA Today"]),
        ("Our Staff Reporter", ["Our Staff Reporter"]),
        ("Updated January 22, 2016", []),
        ("سنا مرزا", ["سنا مرزا"]),
        (f"{A} اور <a>عمر رند</a>", ["Sana Mirza", "عمر رند"]),
    ],
)  # fmt: skip
def test_a_byline_gives_every_name_and_nothing_else(content: str, authors: list[str]) -> None:
    assert read_authors([element(content)]) == authors


NAMES = st.lists(
    st.builds("{} {}".format, *[st.from_regex(r"[A-Z][a-z]{2,8}", fullmatch=True)] * 2).filter(
        lambda name: is_plain_name(name)
    ),
    min_size=1,
    max_size=5,
    unique=True,
)
CONNECTIVE = st.sampled_from([", ", " and ", " &amp; ", " | ", " with ", "; ", " / ", ", and ", ""])
WRAPPERS = st.sampled_from(["{}", "<b>{}</b>", "<span>{}</span>"])


def is_plain_name(name: str) -> bool:
    return not TIME.search(name) and not LINK_TO_CONTACT.fullmatch(name) and not PLACE_OR_ROLE.search(name)


@given(NAMES, st.data())
def test_every_linked_name_is_an_author_and_connecting_words_are_not(names: list[str], data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(["", "By ", "by: ", "Report by "]))
    for number, name in enumerate(names):
        content += data.draw(CONNECTIVE) if number else ""
        content += data.draw(WRAPPERS).format(f"<a href='/authors/{number}'>{name}</a>")
    assert read_authors([element(content)]) == names
