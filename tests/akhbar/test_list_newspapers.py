"""`akhbar newspapers`: the declared newspapers, with or without a database."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from akhbar import newspapers
from akhbar.database.connection import DatabaseError
from akhbar.list_newspapers import last_runs, newspapers_table, problems
from akhbar.newspapers import InvalidDeclaration
from tests.conftest import News
from tests.second_newspaper import GAZETTE

COURIER = replace(GAZETTE, name="courier", publisher="The [bold]Courier", platform=None, edition=None, language="ur")
BROKEN = InvalidDeclaration("herald", Path("/herald.py"), "ValueError: language is 'English'")


@pytest.fixture(autouse=True)
def _declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newspapers, "_loaded", lambda: (COURIER, GAZETTE, BROKEN))
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "gazette")


def rows() -> dict[str, list[str]]:
    """The cells of each newspaper, as they are printed, by its name."""
    output = io.StringIO()
    Console(file=output, width=200).print(newspapers_table(last_runs()))
    found: dict[str, list[str]] = {}
    name = ""
    for line in output.getvalue().splitlines():
        if line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            name = cells[0] or name
            found[name] = [
                " ".join(pair).strip() for pair in zip(found.get(name, [""] * len(cells)), cells, strict=True)
            ]
    return found


def test_each_newspaper_has_a_row_without_a_database() -> None:
    assert rows() == {
        "courier": ["courier", "The [bold]Courier", "general reader", "ur", "latest 6,36 * * * * Asia/Karachi", "no"],
        "gazette": [
            *("gazette", "The Gazette", "newskit", "en"),
            "edition 0 7 * * * latest 14,44 * * * * Asia/Karachi",
            "yes",
        ],
    }


@pytest.mark.parametrize("active", ["gazette", "herald"])
def test_an_invalid_declaration_is_named_once_with_its_reason(monkeypatch: pytest.MonkeyPatch, active: str) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", active)
    assert problems() == ["the declaration of herald is invalid: /herald.py: ValueError: language is 'English'"]


def test_an_active_newspaper_that_is_not_declared_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "gazette,tribune")
    assert problems()[0].startswith("AKHBAR_NEWSPAPERS lists tribune, but no file in")


def test_the_last_run_is_shown_in_the_newspapers_time_zone(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DATABASE_URL", news.writer)
    news.rows(
        "INSERT INTO newspapers (source, publisher, home_page, time_zone, language) VALUES "
        "('gazette', 'The Gazette', 'https://www.gazette.example', 'Asia/Karachi', 'en')"
    )
    for batch, outcome, hour in (("a", "complete", 1), ("b", "refused", 2)):
        news.rows(
            "INSERT INTO runs (batch, source, mode, started_at, outcome) VALUES (%s, 'gazette', 'latest', %s, %s)",
            f"gazette/{batch}",
            f"2026-11-05T0{hour}:00:00Z",
            outcome,
        )
    assert [cells[-1] for cells in rows().values()] == ["none", "latest refused 2026-11-05 07:00"]


def test_a_database_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DATABASE_URL", "postgresql://akhbar_writer@127.0.0.1:1/news")
    with pytest.raises(DatabaseError, match="the last runs could not be read"):
        last_runs()
