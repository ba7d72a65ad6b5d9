"""What a page says about a story, combined with what listings say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from akhbar.story import Story
from spiders.discovery import ListedStory
from spiders.reading import Article
from spiders.site import Site
from spiders.stories import may_be_of, page_story
from tests.spiders.gazette import site_of

PATH = "/2026/11/05/on-ferries"
LISTED = ListedStory(PATH, "Lake", editorial=True, excerpt="Why they return.")
ARTICLE = Article(title="On ferries", published_at="2026-11-05T08:00:00+05:00", paragraphs=["The ferry is back."])


def story(article: Article = ARTICLE, listed: ListedStory = LISTED, site: Site | None = None) -> Story:
    return page_story(site or site_of(), article, PATH, listed)


def test_what_only_listings_say_completes_the_page() -> None:
    found = story()
    assert (found.kind, found.section, found.excerpt, found.body) == (
        "editorial",
        "Leaders",
        "Why they return.",
        "The ferry is back.",
    )


@pytest.mark.parametrize(
    ("by_board", "authors", "editorial_author", "kind"),
    [
        (False, ["Amina Shah"], "Editorial Board", "article"),
        (False, [], "Editorial Board", "editorial"),
        (True, ["Editorial Board"], "Editorial Board", "editorial"),
        (False, ["Amina Shah"], None, "editorial"),
    ],
)
def test_a_column_that_a_list_of_editorials_promotes_is_not_one(
    by_board: bool, authors: list[str], editorial_author: str | None, kind: str
) -> None:
    article = replace(ARTICLE, authors=authors, editorial=by_board)
    assert story(article, site=site_of(editorial_author=editorial_author)).kind == kind


@pytest.mark.parametrize(
    ("shown", "edition", "expected"),
    [
        ({"published_at": "2026-11-05T08:00:00+05:00"}, "2026-11-05", True),
        ({"published_date": "2026-11-04"}, "2026-11-05", True),
        ({"published_date": "2026-11-07"}, "2026-11-05", False),
        ({"published_at": "2025-11-05T08:00:00+05:00"}, "2026-11-05", False),
        ({"updated_at": "2026-11-09T08:00:00+05:00"}, "2026-11-05", True),
        ({}, "2026-11-05", True),
    ],
)
def test_a_story_may_be_of_an_edition_if_its_times_are_consistent(
    shown: dict[str, Any], edition: str, expected: bool
) -> None:
    assert may_be_of(site_of(), date.fromisoformat(edition), Article(**shown)) is expected
