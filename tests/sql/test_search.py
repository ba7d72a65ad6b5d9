"""The search functions: full text, headlines, related stories, near-duplicates. No input causes an error."""

from pathlib import Path
from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, story
from tests.conftest import News

LONG = "LAHORE: " + " ".join(f"Word{number} follows word{number // 2} in this account." for number in range(60))


@pytest.fixture
def library(news: News, tmp_path: Path) -> News:
    """A database with stories to search for."""
    stories = [
        story(1, title="Circular debt rises again", body="The debt of power companies rose by a third, again."),
        story(2, title="Solar panels for schools", body="Circular debt is not a matter of solar panels, teachers say."),
        story(3, title="Rain expected", body="Clouds gather over the northern hills; farmers in Élysée camp rejoice."),
        editorial(4, title="Debt, again", body="The circular debt of power companies wants a cure.", day="2026-11-20"),
        story(5, title="Old news", body="Circular debt, years ago.", edition_date="2024-01-05", published_at=None),
        story(6, title="Electricity tariff to be cut", body="Power & water <b>bills</b> will fall, electricity too."),
        story(11, title="An account", body=LONG, section="National"),
        story(12, title="The account, again", body=LONG.replace("Word7 ", "Number7 "), section="Business"),
        story(13, title="No account", body=LONG.replace("Word", "Term").replace("word", "term"), section="Business"),
    ]
    load_batch(batch(tmp_path, "library", stories), news.writer)
    return news


def found(news: News, query: str, **filters: Any) -> list[str]:
    """The numbers of the stories that a search returns, best match first."""
    named = "".join(f", {name} => %s" for name in filters)
    statement = f"SELECT story_id FROM search_stories(%s{named})"
    return [number for (number,) in news.rows(statement, query, *filters.values(), url=news.reader)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("circular debt", {"1", "2", "4", "5"}),
        ("circular debt -solar", {"1", "4", "5"}),
        ('"power companies"', {"1", "4"}),
        ('"companies power"', set()),
        ("panel* or cloud*", {"2", "3"}),
        ("elect*", {"6"}),
        ("Elysee", {"3"}),
        ("-debt -account", {"3", "6"}),
        ("the", set()),
        ("", set()),
    ],
)
def test_web_style_searches_find_the_matching_stories(library: News, query: str, numbers: set[str]) -> None:
    assert set(found(library, query)) == numbers


def test_matches_in_the_headline_rank_above_matches_in_the_body(library: News) -> None:
    assert found(library, "circular debt")[0] == "1"
    assert found(library, "solar")[0] == "2"


def test_a_search_can_be_filtered(library: News) -> None:
    assert found(library, "circular debt", kind="editorial") == ["4"]
    assert found(library, "circular debt", to_date="2024-12-31") == ["5"]
    assert set(found(library, "circular debt", from_date="2025-01-01")) == {"1", "2", "4"}
    assert found(library, "account", section="National") == ["11"]
    assert found(library, "circular debt", source="guardian") == []
    assert len(found(library, "circular debt", max_rows=2)) == 2


def test_of_equal_matches_the_newest_comes_first_although_only_its_date_is_known(news: News, tmp_path: Path) -> None:
    text = {
        "title": "Ferries return",
        "body": "The ferries are back on the lake.",
        "excerpt": None,
        "edition_date": None,
    }
    stories = [
        story(1, **text, published_at="2026-11-18T06:00:00+05:00"),
        story(2, **text, published_at=None, published_date="2026-11-19"),
        story(3, **text, published_at="2026-11-20T06:00:00+05:00"),
    ]
    load_batch(batch(tmp_path, "ferries", stories), news.writer)
    assert found(news, "ferries") == ["3", "2", "1"]
    for search in ("search_headlines('ferries return')", "related_stories('dawn', '3')"):
        numbers = [number for (number,) in news.rows(f"SELECT story_id FROM {search}", url=news.reader)]
        assert numbers == sorted(numbers, reverse=True), search
        assert numbers[-2:] == ["2", "1"]


def test_a_snippet_highlights_the_matches_and_is_safe_html(library: News) -> None:
    [(snippet,)] = library.rows("SELECT snippet FROM search_stories('electricity bills')", url=library.reader)
    assert "<b>electricity</b>" in snippet
    assert "&lt;b&gt;<b>bills</b>&lt;/b&gt;" in snippet


def test_a_frequent_word_returns_the_newest_stories(news: News, tmp_path: Path) -> None:
    stories = [
        story(n, body=f"Parliament met, for the {n}th time.", edition_date=f"20{10 + n // 60}-{n % 12 + 1:02}-10")
        for n in range(900)
    ]
    load_batch(batch(tmp_path, "many", stories), news.writer)
    days = news.rows("SELECT day FROM search_stories('parliament', max_rows => 400)", url=news.reader)
    assert len(days) == 400
    [(newest_400th,)] = news.rows("SELECT day FROM stories ORDER BY day DESC OFFSET 399 LIMIT 1")
    assert min(day for (day,) in days) == newest_400th


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("from_date => '2025-02-01', to_date => '2025-01-01'", "from_date 2025-02-01 is after to_date 2025-01-01"),
        ("kind => 'essay'", "kind is 'essay'"),
        ("source => 'the moon'", "there is no newspaper 'the moon'"),
        ("language => 'klingon'", "there is no language 'klingon'"),
        ("max_rows => 401", "(?s)max_rows is 401.*count_stories"),
        ("max_rows => 0", "max_rows is 0"),
        ("max_rows => NULL", "max_rows is null"),
    ],
)
def test_invalid_arguments_raise_a_clear_error(library: News, arguments: str, message: str) -> None:
    with pytest.raises(psycopg2.errors.InvalidParameterValue, match=message):
        library.rows(f"SELECT * FROM search_stories('debt', {arguments})", url=library.reader)


ODD = [
    "'; DROP TABLE articles; --",
    "😀" * 2500,
    "((((",
    "a:*B & !",
    "\\",
    "* *",
    '"',
    "-" * 50,
    "x" * 10_000,
    "a\tb\nc",
    "- " * 99,
]
OPERATORS = ["circular", "debt*", "-solar", "-", "or", '"', "(", ")", "&", "|", "!", ":*", "<->", "_*", "é*", "-_*"]


@pytest.mark.parametrize("function", ["search_stories", "search_headlines"])
@pytest.mark.parametrize("query", ODD)
def test_odd_input_raises_no_error(library: News, function: str, query: str) -> None:
    library.rows(f"SELECT * FROM {function}(%s)", query, url=library.reader)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=300)
    | st.lists(st.sampled_from(OPERATORS), max_size=90).map(" ".join)
)
def test_any_text_is_a_valid_search(library: News, query: str) -> None:
    library.rows("SELECT * FROM search_stories(%s)", query, url=library.reader)


def test_headlines_are_found_despite_typos(library: News) -> None:
    rows = library.rows("SELECT title FROM search_headlines('eletricity tarif')", url=library.reader)
    assert rows[0] == ("Electricity tariff to be cut",)


def test_near_copies_are_found_across_sections(library: News) -> None:
    rows = library.rows("SELECT story_id, similarity FROM near_copies('dawn', '11')", url=library.reader)
    [(number, similarity)] = rows
    assert number == "12"
    assert 0.9 < similarity < 1


def test_related_stories_share_the_rarest_words(library: News) -> None:
    rows = library.rows("SELECT story_id FROM related_stories('dawn', '1')", url=library.reader)
    assert rows == [("4",), ("2",)]
    assert library.rows("SELECT * FROM related_stories('dawn', 'unknown')", url=library.reader) == []
