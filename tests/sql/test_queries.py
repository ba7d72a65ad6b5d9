"""The cookbook: every query answers a question and returns the example output in its file on the demo's stories."""

from pathlib import Path

import pytest

from tests.conftest import News
from tests.sql.examples import QUERIES, output_of, parts


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_a_query_returns_the_example_output_in_its_file(demo_news: News, file: Path) -> None:
    description, example, query = parts(file.read_text())
    assert description[0].endswith("?")
    output = output_of(demo_news.reader, query)
    assert len(output) > 2, "the query returns no rows"
    assert output == example, "run make docs to update the examples"


def test_the_cookbook_has_at_least_fifteen_recipes() -> None:
    assert len(QUERIES) >= 15
