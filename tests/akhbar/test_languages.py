"""The words with which newspapers of each language mark the parts of a story."""

import re
from dataclasses import fields

import pytest

from akhbar.dates import MONTHS
from akhbar.languages import LANGUAGES, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months(language: str) -> None:
    names = [name for month in LANGUAGES[language].months for name in month.split("|")]
    assert {MONTHS[name] for name in names} == set(range(1, 13))


@pytest.mark.parametrize("part", [field.name for field in fields(LANGUAGES["en"]) if field.name != "months"])
def test_the_words_of_all_languages_are_one_expression_that_does_not_match_everything(part: str) -> None:
    assert not re.compile(words(part), re.IGNORECASE).fullmatch("")
