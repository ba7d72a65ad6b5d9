"""Discovery: what several listings, and earlier runs, say about one story."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from akhbar.steps.clean import canonical_url
from spiders.discovery import Discovery, ListedStory
from spiders.listings import Card
from spiders.site import Site
from tests.akhbar.ids import IDS
from tests.path_ids import CHRONICLE
from tests.spiders.dawn import SITE

NOON = datetime(2016, 1, 22, 12, tzinfo=UTC)


class Found(Discovery):
    """Records the stories that it reports."""

    def __init__(self) -> None:
        self.reported: list[str] = []
        super().__init__(SITE, lambda story_id, listed: self.reported.append(story_id))


def card(number: int, **fields: Any) -> Card:
    return Card(str(number), f"/news/{number}", "A title", **fields)


def stored(number: int, **fields: Any) -> dict[str, Any]:
    """A story as the database or an earlier try of the crawl describes it."""
    url = f"https://www.dawn.com/news/{number}"
    return {"story_id": str(number), "kind": "article", "url": url, "section": None, **fields}


def test_earlier_listings_win_and_later_ones_fill_what_is_missing() -> None:
    found = Found()
    found.add(card(7), section="Front Page", edition_date=date(2016, 1, 22))
    found.add(card(7, excerpt="An excerpt."), section="National", editorial=True)
    assert found.story("7") == ListedStory(
        "/news/7", "Front Page", editorial=True, excerpt="An excerpt.", edition_date=date(2016, 1, 22)
    )
    assert found.reported == ["7"], "once"


def test_the_time_of_the_last_change_is_the_latest_that_any_listing_shows() -> None:
    found = Found()
    found.add(card(7, updated_at="2016-01-22T11:00:00+00:00"))
    found.add(card(7, published_at="2016-01-22T09:00:00+00:00", updated_at=NOON.isoformat()))
    found.add(card(7))
    assert found.story("7").changed_at == NOON


def test_what_an_earlier_try_knew_only_fills_missing_fields() -> None:
    found = Found()
    found.add_carried_over([stored(7, section="National", excerpt="Of the first try."), stored(8, section="Sport")])
    found.add(card(7), section="Front Page")
    assert (found.story("7").section, found.story("7").excerpt) == ("Front Page", "Of the first try.")
    assert found.story("8").section == "Sport"
    assert list(found.listed) == ["7", "8"]
    assert found.reported == [], "the earlier try has already reported them"


def test_a_story_to_recheck_has_what_was_listed_when_it_was_stored() -> None:
    found = Found()
    found.add_recheck([stored(7, kind="editorial", section="Editorial", edition_date="2016-01-22")])
    assert found.knows("7")
    assert found.all_ids() == ["7"]
    assert found.listed == {}, "they are not discovered"
    assert found.story("7") == ListedStory("/news/7", "Editorial", editorial=True, edition_date=date(2016, 1, 22))


def test_a_story_to_recheck_keeps_what_was_stored_when_a_listing_names_it() -> None:
    found = Found()
    found.add_recheck([stored(7, section="Karachi"), stored(8)])
    found.add(card(9))
    found.add(card(7, excerpt="An excerpt."), section="Sport")
    assert (found.story("7").section, found.story("7").excerpt) == ("Karachi", "An excerpt.")
    assert found.all_ids() == ["9", "7", "8"], "discovered stories come first"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://www.dawn.com/news/7/a-slug", "/news/7/a-slug"),
        ("/news/7", "/news/7"),
        ("x::y@evil.example/news/7", "/news/7"),
        ("//evil.example/news/7", "/news/7"),
        ("https://www.dawn.com/news/8", None),
        ("https://www.dawn.com/live/7", None),
        ("", None),
    ],
)
def test_only_the_path_of_a_stored_address_is_fetched_if_it_is_the_storys_own(url: str, path: str | None) -> None:
    found = Found()
    found.add_recheck([stored(7, url=url)])
    assert [story.path for story in found.recheck.values()] == ([path] if path else [])


@pytest.mark.parametrize(("story_id", "path"), IDS.items())
def test_a_story_whose_id_is_a_path_is_fetched_again_at_the_path_that_was_stored(story_id: str, path: str) -> None:
    found = Discovery(Site(CHRONICLE, {CHRONICLE.host}, NOON), lambda story_id, listed: None)
    stored_url = canonical_url(CHRONICLE.home_page + path, CHRONICLE)
    found.add_recheck([{"story_id": story_id, "url": stored_url, "section": None}])
    found.add_carried_over([{"story_id": story_id, "url": path, "section": None}])
    assert found.all_ids() == [story_id]
    assert found.recheck[story_id].path == stored_url.removeprefix(CHRONICLE.home_page)
    assert found.listed[story_id].path == path
