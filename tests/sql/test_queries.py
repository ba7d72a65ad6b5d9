"""The cookbook: every query answers a question, on the demo's stories, as its file says."""

from pathlib import Path

import pytest

from akhbar.database.dictionary import data_dictionary
from tests.conftest import News
from tests.sql.examples import DICTIONARY, QUERIES, answer, parts


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_a_query_answers_its_question_as_its_file_shows(demo_news: News, file: Path) -> None:
    told, example, query = parts(file.read_text())
    assert told[0].endswith("?")
    answered = answer(demo_news.reader, query)
    assert len(answered) > 2, "it returns no rows"
    assert answered == example, "make docs writes the examples anew"


def test_the_cookbook_has_at_least_fifteen_recipes() -> None:
    assert len(QUERIES) >= 15


def test_the_data_dictionary_is_what_the_database_says(news: News) -> None:
    assert data_dictionary(news.admin) == DICTIONARY.read_text(), "make docs writes it anew"
