"""The Newsroom pages of a newspaper in Urdu: its own text has its language and direction, the page stays in English."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from lxml.html import fromstring
from playwright.sync_api import Page, expect

from tests.akhbar.batches import reject, story
from tests.plugins.conftest import Month, load

if TYPE_CHECKING:
    from starlette.testclient import TestClient

NOON = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=1)
TITLE = "PTI کا جلسہ ملتوی، نئی تاریخ کا اعلان"
"""It starts with Latin letters: only the language says that it is written from right to left."""
AUTHORS = ["ویب ڈیسک", "ثنا مرزا"]
PARAGRAPHS = ["اسلام\u200cآباد: جلسہ اب اگلے ہفتے ہوگا۔", "CNN کے مطابق انتظامیہ نے اجازت نہیں دی۔"]
ABOUT = {
    "source": "dawnnews",
    "url": "https://www.dawnnews.tv/news/1",
    "language": "ur",
    "title": TITLE,
    "authors": AUTHORS,
    "section": "پاکستان",
    "excerpt": "اسلام\u200cآباد میں ہونے والا جلسہ ملتوی کردیا گیا۔",
    "body": "\n\n".join(PARAGRAPHS),
    "dateline": None,
    "published_at": NOON.isoformat(),
    "edition_date": None,
}
ENGLISH = {**ABOUT, "url": "https://www.dawnnews.tv/news/2", "language": "en", "title": "Rally postponed"}


@pytest.fixture(scope="module")
def urdu(month: Month, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A story in Urdu, its correction and a reject, and a story in English."""
    archive = tmp_path_factory.mktemp("dawnnews")
    started = NOON + timedelta(hours=1)
    run = {"source": "dawnnews", "mode": "latest", "edition": None, "started_at": started.isoformat()}
    rejected = reject(3, "body_too_short", title=TITLE, authors=AUTHORS, source="dawnnews")
    load(archive, month.news, "one", [story(1, **ABOUT), story(2, **ENGLISH)], rejects=[rejected], **run)
    run["started_at"] = (started + timedelta(hours=1)).isoformat()
    load(archive, month.news, "two", [story(1, **{**ABOUT, "title": f"{TITLE} کر دیا"})], **run)


@pytest.fixture(autouse=True)
def active(urdu: None, connected: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_NEWSPAPERS", "dawn,dawnnews")


def marked(client: "TestClient", path: str) -> list[str]:
    """The texts of a page's elements that are marked as Urdu, written from right to left."""
    answer = client.get(f"/newsroom/dawnnews{path}")
    assert answer.status_code == 200
    every = fromstring(answer.text).iter("*")
    found = [element for element in every if (element.get("lang"), element.get("dir")) == ("ur", "rtl")]
    return [" ".join("".join(map(str, element.itertext())).split()) for element in found]


def test_every_part_of_a_story_has_its_language_and_direction(viewer: "TestClient") -> None:
    texts = marked(viewer, "/stories/1")
    parts = (f"{TITLE} کر دیا", ABOUT["section"], ABOUT["excerpt"], ", ".join(AUTHORS), *PARAGRAPHS)
    assert not [part for part in parts if part not in texts]
    assert any(text.startswith(f"removed: {TITLE} added: {TITLE} کر دیا") for text in texts), "the diff"


def test_a_story_in_english_keeps_its_own_language(viewer: "TestClient") -> None:
    page = fromstring(viewer.get("/newsroom/dawnnews/stories/2").text)
    assert [(title.get("lang"), title.get("dir")) for title in page.iter("h1")] == [("en", "ltr")]
    assert "Rally postponed" not in marked(viewer, "/stories")


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("", [f"{TITLE} کر دیا", "پاکستان"]),
        ("/stories", [f"{TITLE} کر دیا", "پاکستان", ", ".join(AUTHORS)]),
        (f"/editions/{NOON:%Y-%m-%d}", [f"{TITLE} کر دیا", "پاکستان"]),
        ("/changes", [f"{TITLE} کر دیا", "پاکستان"]),
        ("/rejects", [TITLE]),
    ],
)
def test_a_story_s_text_beside_other_text_is_marked(viewer: "TestClient", path: str, texts: list[str]) -> None:
    found = marked(viewer, path)
    assert not [text for text in texts if text not in found]


def test_the_values_of_a_reject_are_legible_and_take_their_direction_from_their_text(viewer: "TestClient") -> None:
    [row] = viewer.get("/newsroom/api/dawnnews/rejects").json()["rows"]
    page = fromstring(viewer.get(f"/newsroom/dawnnews/rejects/{row['id']}").text)
    values = {cell.text: cell.get("dir") for cell in page.iter("td") if cell.get("class") == "value"}
    assert values[TITLE] == "auto"
    assert values['["ویب ڈیسک", "ثنا مرزا"]'] == "auto"


def test_urdu_is_aligned_to_the_right_and_fits_a_telephone(window: Page) -> None:
    window.set_viewport_size({"width": 390, "height": 900})
    window.goto("/newsroom/dawnnews/stories/1")
    paragraph = window.get_by_text("CNN کے مطابق").first
    expect(paragraph).to_have_css("direction", "rtl")
    expect(paragraph).to_have_css("text-align", "start")
    expect(window.locator(".diff .added").first).to_have_css("border-right-width", "3px")
    expect(window.locator(".kicker")).to_have_css("direction", "ltr")
    assert window.evaluate("document.documentElement.scrollWidth") <= 390
