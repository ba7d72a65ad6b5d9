"""A second active newspaper has a page of its own in the Newsroom."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from akhbar import newspapers
from akhbar.newspapers import newspaper
from tests.plugins.conftest import Month
from tests.second_newspaper import GAZETTE

if TYPE_CHECKING:
    from starlette.testclient import TestClient


DAWN = newspaper("dawn")


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    both = (DAWN, GAZETTE)
    monkeypatch.setattr(newspapers, "_loaded", lambda: both)
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "all")


def test_the_front_page_lists_both(viewer: "TestClient", connected: Month) -> None:
    front = viewer.get("/newsroom/")
    assert front.status_code == 200
    assert "The Gazette" in front.text
    assert "newsroom/dawn" in front.text
    assert [paper["source"] for paper in viewer.get("/newsroom/api/newspapers").json()] == ["dawn", "gazette"]


def test_it_has_a_page_before_its_first_run(viewer: "TestClient", connected: Month) -> None:
    page = viewer.get("/newsroom/gazette")
    assert page.status_code == 200
    assert "The Gazette" in page.text
    assert "gazette_edition" in page.text


EDITIONS = ("Newest edition", "Editions, last 12 months", "missing edition", "Go to edition", ">Editions</a>")


@pytest.mark.parametrize("has_editions", [True, False])
def test_only_a_newspaper_with_editions_shows_them(
    viewer: "TestClient", connected: Month, monkeypatch: pytest.MonkeyPatch, has_editions: bool
) -> None:
    paper = GAZETTE if has_editions else replace(GAZETTE, edition=None)
    monkeypatch.setattr(newspapers, "_loaded", lambda: (DAWN, paper))
    page = viewer.get("/newsroom/gazette").text
    assert [shown for shown in EDITIONS if shown in page] == (list(EDITIONS) if has_editions else [])
    assert "Stories per day" in page


def test_an_inactive_newspaper_has_no_page(
    viewer: "TestClient", connected: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "dawn")
    assert viewer.get("/newsroom/gazette").status_code == 404
