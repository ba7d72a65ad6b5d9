"""The Guardian: each page of the replica gives the story in its JSON file."""

from pathlib import Path

import pytest

from tests.spiders.newspapers.cases import cases, read


@pytest.mark.parametrize("case", cases("guardian"), ids=lambda case: case.stem)
def test_a_page_gives_the_expected_story(case: Path) -> None:
    found, expected = read("guardian", case)
    assert found == expected
