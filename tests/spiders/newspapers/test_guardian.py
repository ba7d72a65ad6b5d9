"""The Guardian: each page of the replica gives the story in its JSON file, and its listings are read as they should."""

import pytest

from tests.spiders.newspapers.cases import cases_of, expected, read


@pytest.mark.parametrize("case", cases_of("guardian"))
def test_a_page_gives_the_expected_story(case: str) -> None:
    assert read("guardian", case) == expected("guardian", case)
